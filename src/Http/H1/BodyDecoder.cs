using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

public enum BodyStatus : byte
{
    NeedMore,
    Data,
    Done,
    Malformed,
}

/// <summary>
/// Finds the payload of a body in the bytes of its connection (RFC 9112 6, 7.1), whatever its framing.
///
/// <code>
///   Size --CRLF--> Data --size bytes--> DataEnd --CRLF--> Size
///     \--size 0--> Trailers --empty line--> Done
/// </code>
/// </summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public struct BodyDecoder
{
    private const int SizeDigitsMax = 15; // 60 bits: sums cannot overflow a long
    private const int ExtensionBytesMax = 4096;
    private const int TrailerBytesMax = 16 * 1024;
    private const int TrailerCountMax = 64;

    private enum Stage : byte
    {
        Plain,
        Size,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    private Stage _stage;
    private long _left;
    private int _overhead;
    private int _trailers;

    public BodyDecoder(BodyKind kind, long length)
    {
        _left = kind == BodyKind.UntilClose ? long.MaxValue : length;
        _stage = kind switch
        {
            BodyKind.Chunked => Stage.Size,
            BodyKind.None => Stage.Done,
            _ => Stage.Plain,
        };
    }

    public readonly bool IsDone => _stage == Stage.Done;

    /// <summary>Looks at the front of the input.</summary>
    /// <param name="consumed">Bytes that are used up; with Data, they end with the payload.</param>
    /// <param name="payload">With Data: how many of the consumed bytes, counted from their end, are payload.</param>
    public BodyStatus Next(ReadOnlySpan<byte> input, out int consumed, out int payload)
    {
        consumed = 0;
        payload = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = input[consumed..];
            switch (_stage)
            {
                case Stage.Done:
                    return BodyStatus.Done;
                case Stage.Plain or Stage.Data:
                    if (rest.IsEmpty)
                    {
                        return BodyStatus.NeedMore;
                    }
                    payload = (int)Math.Min(rest.Length, _left);
                    consumed += payload;
                    _left -= payload;
                    if (_left == 0)
                    {
                        _stage = _stage == Stage.Plain ? Stage.Done : Stage.DataEnd;
                    }
                    return BodyStatus.Data;
                case Stage.DataEnd:
                    if (rest.Length < 2)
                    {
                        return rest.Length == 1 && rest[0] != '\r' ? BodyStatus.Malformed : BodyStatus.NeedMore;
                    }
                    if (!rest.StartsWith("\r\n"u8))
                    {
                        return BodyStatus.Malformed;
                    }
                    consumed += 2;
                    _stage = Stage.Size;
                    break;
                default:
                    BodyStatus line = _stage == Stage.Size ? ReadSize(rest, out int used) : ReadTrailer(rest, out used);
                    if (line != BodyStatus.Data)
                    {
                        return line;
                    }
                    consumed += used;
                    break;
            }
        }
    }

    private BodyStatus ReadSize(ReadOnlySpan<byte> input, out int used)
    {
        used = 0;
        int end = input.IndexOf((byte)'\n');
        if (end < 0)
        {
            return input.Length > SizeDigitsMax + ExtensionBytesMax ? BodyStatus.Malformed : BodyStatus.NeedMore;
        }
        if (end == 0 || input[end - 1] != '\r')
        {
            return BodyStatus.Malformed;
        }
        ReadOnlySpan<byte> line = input[..(end - 1)];
        int semicolon = line.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = semicolon < 0 ? line : line[..semicolon];
        _overhead += line.Length - digits.Length;
        if (
            digits.Length is 0 or > SizeDigitsMax
            || _overhead > ExtensionBytesMax
            || line[digits.Length..].ContainsAnyExcept(Octets.Value)
        )
        {
            return BodyStatus.Malformed;
        }
        long size = 0;
        foreach (byte b in digits)
        {
            int digit = HexValue(b);
            if (digit < 0)
            {
                return BodyStatus.Malformed;
            }
            size = (size << 4) | (uint)digit;
        }
        used = end + 1;
        _left = size;
        _stage = size == 0 ? Stage.Trailers : Stage.Data;
        if (size == 0)
        {
            _overhead = 0;
        }
        return BodyStatus.Data;
    }

    /// <summary>Trailer fields are checked and dropped (hardening 3.3); the empty line ends the body.</summary>
    private BodyStatus ReadTrailer(ReadOnlySpan<byte> input, out int used)
    {
        used = 0;
        int end = input.IndexOf((byte)'\n');
        if (end < 0)
        {
            return _overhead + input.Length > TrailerBytesMax ? BodyStatus.Malformed : BodyStatus.NeedMore;
        }
        _overhead += end + 1;
        if (end == 0 || input[end - 1] != '\r' || _overhead > TrailerBytesMax)
        {
            return BodyStatus.Malformed;
        }
        ReadOnlySpan<byte> line = input[..(end - 1)];
        used = end + 1;
        if (line.IsEmpty)
        {
            _stage = Stage.Done;
            return BodyStatus.Data;
        }
        int colon = line.IndexOf((byte)':');
        return
            ++_trailers > TrailerCountMax
            || colon <= 0
            || line[..colon].ContainsAnyExcept(Octets.Token)
            || line[(colon + 1)..].ContainsAnyExcept(Octets.Value)
            ? BodyStatus.Malformed
            : BodyStatus.Data;
    }

    private static int HexValue(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}
