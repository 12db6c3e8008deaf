using System.Collections.Immutable;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>What every page shows around its content.</summary>
public sealed record PageFrame
{
    public required string Title { get; init; }

    /// <summary>Host name as the user sees it.</summary>
    public required string Host { get; init; }
    public string RequestId { get; init; } = "";

    /// <summary>Above everything else; empty where nothing is to be said.</summary>
    public string Notice { get; init; } = "";

    /// <summary>False where the content names the request id itself.</summary>
    public bool ShowsRequestId { get; init; } = true;

    /// <summary>The configuration has colours of its own.</summary>
    public bool HasBrandStyle { get; init; }

    /// <summary>Checked URLs of pictures, or empty for ours.</summary>
    public string LogoUrl { get; init; } = "";
    public string FaviconUrl { get; init; } = "";

    /// <summary>Links to user info and sign-out.</summary>
    public bool ShowsMenu { get; init; }

    /// <summary>Where the page goes on to by itself; empty when it stays.</summary>
    public string RefreshTo { get; init; } = "";
}

public sealed record ErrorModel
{
    public required PageFrame Frame { get; init; }
    public required int Status { get; init; }
    public required string StatusText { get; init; }
    public required string Description { get; init; }

    /// <summary>What the operator wants to say first; plain text.</summary>
    public string FirstParagraph { get; init; } = "";

    /// <summary>In words; only where the route's owner allows it.</summary>
    public ImmutableArray<string> ReasonList { get; init; } = [];
    public IReadOnlyList<string> Reasons => ReasonList;
    public string NextStep { get; init; } = "";

    /// <summary>Word of the failure for whoever looks for its cause.</summary>
    public string Detail { get; init; } = "";
    public string NextText { get; init; } = "";
    public string NextUrl { get; init; } = "";
    public bool ShowsUserInfo { get; init; }
    public bool NamesAdministrator { get; init; }
}

public sealed record InfoRow(string Name, IReadOnlyList<string> Values);

public sealed record UserInfoModel
{
    public required PageFrame Frame { get; init; }
    public bool IsSignedIn { get; init; }
    public string DisplayName { get; init; } = "";
    public string Email { get; init; } = "";

    /// <summary>An https URL, or empty.</summary>
    public string Picture { get; init; } = "";
    public IReadOnlyList<InfoRow> Rows { get; init; } = [];
    public IReadOnlyList<string> Groups { get; init; } = [];
    public string SignOutToken { get; init; } = "";
}

public sealed record ConfirmSignOutModel(PageFrame Frame, string CsrfToken, string RedirectUri);
