using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Kit.Policy;

/// <summary>A loop that nothing runs on, for code that asks it only for the time.</summary>
public sealed class StillLoop : Loop
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public override int Index => 0;
    public override bool IsCurrent => true;
    public override long NowMs => Now.ToUnixTimeMilliseconds();
    public override long UnixMs => Now.ToUnixTimeMilliseconds();
    public override TimerWheel Timers => throw Still();

    public override void Post(Action<object?> work, object? state) => throw Still();

    public override void AtTurnEnd(Action<object?> work, object? state) => throw Still();

    public override ValueTask<IConnectionListener> ListenAsync(
        ListenerOptions options,
        CancellationToken cancellationToken
    ) => throw Still();

    public override ValueTask<DialResult> DialAsync(DialOptions options) => throw Still();

    private static NotSupportedException Still() => new("nothing runs on this loop");
}
