using System.Buffers.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Writes a body in the framing that was announced for it. Small pieces gather with the head into one write; large
/// ones leave straight from where they were read. Loop-affine.
/// </summary>
internal sealed class BodyWriter(OutputWait output) : IBodySink
{
    /// <summary>From here on a second system call is cheaper than the copy.</summary>
    private const int DirectMin = 16 * 1024;
    private bool _chunked;

    public Action? Ready
    {
        set => output.Ready = value;
    }

    public bool IsBroken => output.IsBroken;
    public long Unflushed => output.Unflushed;

    public void Begin(bool chunked) => _chunked = chunked;

    public bool TryWrite(ReadOnlyMemory<byte> payload)
    {
        if (_chunked)
        {
            WriteChunk(payload.Span);
            return true;
        }
        if (payload.Length >= DirectMin && output.Unflushed == 0)
        {
            return output.TrySend(payload);
        }
        output.Write(payload.Span);
        return true;
    }

    public void End()
    {
        if (_chunked)
        {
            output.Write("0\r\n\r\n"u8);
        }
    }

    public bool TryFlush() => output.TryFlush();

    /// <summary>RFC 9112 7.1; trailers are dropped and extensions never written.</summary>
    private void WriteChunk(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return; // an empty chunk would end the body
        }
        Span<byte> room = output.GetSpan(payload.Length + 24);
        Utf8Formatter.TryFormat(payload.Length, room, out int digits, 'x');
        "\r\n"u8.CopyTo(room[digits..]);
        payload.CopyTo(room[(digits + 2)..]);
        "\r\n"u8.CopyTo(room[(digits + 2 + payload.Length)..]);
        output.Advance(digits + payload.Length + 4);
    }
}
