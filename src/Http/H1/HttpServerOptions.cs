using Pomerium.Fast.Http.Upstream;

namespace Pomerium.Fast.Http.H1;

/// <summary>What the server connections of a process share beside the configuration in force (hardening 2.1, 2.3).</summary>
public sealed record HttpServerOptions
{
    /// <summary>Answers what the data path does not answer itself; null where there is none.</summary>
    public Cluster? ControlPlane { get; init; }

    /// <summary>First byte to end of head; also what a new connection has for its first byte.</summary>
    public TimeSpan RequestHeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer that was refused is still listened to, so that a reset does not swallow the answer.</summary>
    public TimeSpan LingeringTimeout { get; init; } = TimeSpan.FromSeconds(1);
    public int LingeringBytesMax { get; init; } = 64 * 1024;

    /// <summary>Body bytes that are still read after an early answer, to save the connection.</summary>
    public int EarlyResponseDrainMax { get; init; } = 256 * 1024;
}
