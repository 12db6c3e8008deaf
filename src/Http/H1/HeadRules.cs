using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.H1;

/// <summary>Limits of a head and the choices of the configuration that parsing depends on (hardening 2.1).</summary>
public sealed record HeadRules
{
    public int HeaderBytesMax { get; init; } = 128 * 1024;
    public int HeaderCountMax { get; init; } = 1000;
    public int HeaderNameMax { get; init; } = 256;
    public int RequestLineMax { get; init; } = 16 * 1024;
    public UnderscoreAction Underscores { get; init; }

    public static HeadRules Default { get; } = new();
}
