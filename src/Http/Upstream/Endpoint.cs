using System.Text;
using Pomerium.Fast.Transport;

namespace Pomerium.Fast.Http.Upstream;

/// <summary>One address of an upstream: how to dial it, and which Host it goes by.</summary>
public sealed class Endpoint(DialOptions dial, string host)
{
    private const long ProbeMs = 1000;
    private long _probeAt;

    public DialOptions Dial { get; } = dial;

    /// <summary>Host of the <c>to</c> URL, with its port when the URL states one.</summary>
    public byte[] Host { get; } = Encoding.ASCII.GetBytes(host);

    /// <summary>The last dial failed.</summary>
    public bool IsDown => Volatile.Read(ref _probeAt) != 0;

    public void NoteDial(bool ok, long nowMs) => Volatile.Write(ref _probeAt, ok ? 0 : nowMs + ProbeMs);

    /// <summary>Claims the one probe that a second allows while the endpoint is down (hardening 14).</summary>
    public bool TryClaimProbe(long nowMs)
    {
        long at = Volatile.Read(ref _probeAt);
        return at <= nowMs && Interlocked.CompareExchange(ref _probeAt, nowMs + ProbeMs, at) == at;
    }
}
