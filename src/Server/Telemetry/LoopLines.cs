using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// Log lines of the data path: one buffer and one clock text a loop, encoded where the exchange is and handed over by the
/// loop's ring. What every line begins and ends with stands here.
/// </summary>
internal sealed class LoopLines(LogWriter writer, int loops)
{
    private readonly JsonLine[] _lines = [.. Enumerable.Range(0, loops).Select(static _ => new JsonLine())];
    private readonly LogTime[] _times = [.. Enumerable.Range(0, loops).Select(static _ => new LogTime())];

    /// <summary>The loop's line, begun; until <see cref="End"/> nobody else on the loop may begin one.</summary>
    public JsonLine Begin(Loop loop, ReadOnlySpan<byte> level, ReadOnlySpan<byte> service)
    {
        JsonLine line = _lines[loop.Index];
        line.Begin();
        line.Text("level"u8, level);
        line.Text("service"u8, service);
        return line;
    }

    public void End(Loop loop, ReadOnlySpan<byte> message)
    {
        JsonLine line = _lines[loop.Index];
        line.Text("time"u8, _times[loop.Index].At(loop.UnixMs));
        line.Text("message"u8, message);
        line.End();
        writer.WriteFromLoop(loop.Index, line.Span);
    }
}
