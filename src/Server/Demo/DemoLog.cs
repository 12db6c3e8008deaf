using System.Text.Json;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// Stands where standard output stands otherwise: reads the proxy's JSON log lines and turns them into the demo's
/// own. The demo therefore sees exactly what an operator's log sees. Written by one thread, the log writer's.
/// </summary>
internal sealed class DemoLog(DemoTerminal terminal) : Stream
{
    private const int LineBytesMax = 1 << 20;
    private readonly MemoryStream _rest = new();

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.IndexOf((byte)'\n') is var end and >= 0)
        {
            _rest.Write(buffer[..end]);
            buffer = buffer[(end + 1)..];
            Read(_rest.GetBuffer().AsMemory(0, (int)_rest.Length));
            _rest.SetLength(0);
        }
        if (_rest.Length + buffer.Length <= LineBytesMax)
        {
            _rest.Write(buffer);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _rest.Dispose();
        base.Dispose(disposing);
    }

    private void Read(ReadOnlyMemory<byte> bytes)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return;
        }
        using (document)
        {
            JsonElement line = document.RootElement;
            if (line.ValueKind is not JsonValueKind.Object)
            {
                return;
            }
            string message = DecisionLine.Text(line, "message");
            if (message is "authorize check")
            {
                if (DecisionLine.From(line) is { } decision)
                {
                    terminal.Decided(decision);
                }
            }
            else if (DecisionLine.Text(line, "level") is "warn" or "error" or "fatal")
            {
                string error = DecisionLine.Text(line, "error");
                terminal.Warn(error.Length == 0 ? message : $"{message}: {error}");
            }
        }
    }
}
