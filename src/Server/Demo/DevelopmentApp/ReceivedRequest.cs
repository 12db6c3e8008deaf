namespace Pomerium.Fast.Server.Demo.DevelopmentApp;

/// <summary>A request as it reached the app, and what the app could make of the identity that came along.</summary>
public sealed record ReceivedRequest
{
    public required string Method { get; init; }

    /// <summary>Path with query.</summary>
    public required string Path { get; init; }
    public required IReadOnlyList<ReceivedHeader> Headers { get; init; }
    public required ReceivedIdentity Identity { get; init; }
}

/// <param name="IsIdentity">Whether the proxy makes it; shown apart.</param>
public sealed record ReceivedHeader(string Name, string Value, bool IsIdentity);

public enum AssertionState
{
    /// <summary>No assertion came with the request.</summary>
    Missing,
    Verified,
    Refused,
}

public sealed record ReceivedIdentity
{
    public required AssertionState State { get; init; }

    /// <summary>In words: what was checked, or what is wrong.</summary>
    public required string Explanation { get; init; }
    public string? KeysFrom { get; init; }

    /// <summary>Of a verified assertion only.</summary>
    public IReadOnlyList<ReceivedClaim> Claims { get; init; } = [];

    public string? Claim(string name) =>
        Claims.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal))?.Value;
}

public sealed record ReceivedClaim(string Name, string Value);
