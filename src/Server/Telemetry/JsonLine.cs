using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>Writes one JSON object as a line into a buffer that is reused: no allocation once it has grown.</summary>
internal sealed class JsonLine
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create([
        .. Enumerable
            .Range(0x20, 0x5F)
            .Select(static b => (byte)b)
            .Where(static b => b is not ((byte)'"' or (byte)'\\')),
    ]);

    private readonly ByteBuffer _line = new(2048);
    private bool _first;

    public ReadOnlySpan<byte> Span => _line.Span;

    public void Begin()
    {
        _line.Clear();
        _line.Append("{"u8);
        _first = true;
    }

    public void End() => _line.Append("}\n"u8);

    public void BeginObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        _line.Append("{"u8);
        _first = true;
    }

    public void EndObject()
    {
        _line.Append("}"u8);
        _first = false;
    }

    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        _line.Append("["u8);
        _first = true;
    }

    public void EndArray()
    {
        _line.Append("]"u8);
        _first = false;
    }

    /// <summary>The name is ours and needs no escape.</summary>
    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Quote(value);
    }

    public void Text(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        int bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes <= 512)
        {
            Span<byte> utf8 = stackalloc byte[512];
            Quote(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
        }
        else
        {
            Quote(Encoding.UTF8.GetBytes(value));
        }
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Span<byte> digits = stackalloc byte[24];
        Utf8Formatter.TryFormat(value, digits, out int written);
        _line.Append(digits[..written]);
    }

    public void Number(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        Span<byte> digits = stackalloc byte[32];
        Utf8Formatter.TryFormat(Math.Round(value, 3), digits, out int written);
        _line.Append(digits[..written]);
    }

    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        _line.Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>An element of an array of texts.</summary>
    public void Item(ReadOnlySpan<byte> value)
    {
        Comma();
        Quote(value);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        Comma();
        _line.Append("\""u8);
        _line.Append(name);
        _line.Append("\":"u8);
    }

    private void Comma()
    {
        if (!_first)
        {
            _line.Append(","u8);
        }
        _first = false;
    }

    /// <summary>Bytes from outside never reach the log raw: control bytes, quotes and what is no UTF-8 are escaped (hardening 12).</summary>
    private void Quote(ReadOnlySpan<byte> value)
    {
        _line.Append("\""u8);
        while (!value.IsEmpty)
        {
            int plain = value.IndexOfAnyExcept(Plain);
            if (plain != 0)
            {
                plain = plain < 0 ? value.Length : plain;
                _line.Append(value[..plain]);
                value = value[plain..];
                continue;
            }
            value = value[Escape(value)..];
        }
        _line.Append("\""u8);
    }

    /// <summary>Escapes the first character; returns how many bytes it took.</summary>
    private int Escape(ReadOnlySpan<byte> value)
    {
        byte first = value[0];
        if (first >= 0x80)
        {
            OperationStatus status = Rune.DecodeFromUtf8(value, out Rune rune, out int taken);
            // C1 controls and line separators confuse terminals and log readers as much as C0 ones do.
            if (status == OperationStatus.Done && rune.Value is > 0x9F and not (0x2028 or 0x2029))
            {
                _line.Append(value[..taken]);
            }
            else
            {
                _line.Append("\\ufffd"u8);
            }
            return taken;
        }
        switch (first)
        {
            case (byte)'"':
                _line.Append("\\\""u8);
                break;
            case (byte)'\\':
                _line.Append("\\\\"u8);
                break;
            case (byte)'\n':
                _line.Append("\\n"u8);
                break;
            default:
                ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
                _line.Append([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', hex[first >> 4], hex[first & 15]]);
                break;
        }
        return 1;
    }
}
