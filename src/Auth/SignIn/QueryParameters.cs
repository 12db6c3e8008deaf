using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// The parameters of a query in decoded form, and their one canonical text: sorted by name, blank as <c>+</c>,
/// unreserved characters kept, the rest as upper-case escapes (identity 0.1). A signature covers that text.
/// </summary>
public sealed class QueryParameters
{
    private const int PairsMax = 64;
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    public int Count => _pairs.Count;
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>The first value of the name; empty when it is missing.</summary>
    public string this[string name]
    {
        get
        {
            foreach ((string key, string value) in _pairs)
            {
                if (string.Equals(key, name, StringComparison.Ordinal))
                {
                    return value;
                }
            }
            return "";
        }
    }

    public bool Has(string name) => _pairs.Exists(p => string.Equals(p.Key, name, StringComparison.Ordinal));

    /// <summary>A name that occurs more than once leaves open which value was meant.</summary>
    public bool HasDuplicates =>
        _pairs.Select(static p => p.Key).Distinct(StringComparer.Ordinal).Count() != _pairs.Count;

    public QueryParameters Set(string name, string value)
    {
        Remove(name);
        _pairs.Add(new(name, value));
        return this;
    }

    /// <summary>As <see cref="Set"/>, but an empty value sets nothing.</summary>
    public QueryParameters SetIfAny(string name, string value) => value.Length == 0 ? this : Set(name, value);

    public QueryParameters Remove(string name)
    {
        _pairs.RemoveAll(p => string.Equals(p.Key, name, StringComparison.Ordinal));
        return this;
    }

    /// <param name="query">Without the question mark.</param>
    public static bool TryParse(ReadOnlySpan<char> query, [NotNullWhen(true)] out QueryParameters? parameters)
    {
        parameters = null;
        QueryParameters parsed = new();
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[range];
            if (pair.IsEmpty)
            {
                continue;
            }
            int cut = pair.IndexOf('=');
            if (
                parsed.Count == PairsMax
                || !TryDecode(cut < 0 ? pair : pair[..cut], out string name)
                || !TryDecode(cut < 0 ? [] : pair[(cut + 1)..], out string value)
            )
            {
                return false;
            }
            parsed._pairs.Add(new(name, value));
        }
        parameters = parsed;
        return true;
    }

    /// <summary>The canonical text, without a question mark.</summary>
    public string Encode()
    {
        StringBuilder text = new();
        foreach ((string name, string value) in _pairs.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            if (text.Length > 0)
            {
                text.Append('&');
            }
            FormEncode(text, name);
            text.Append('=');
            FormEncode(text, value);
        }
        return text.ToString();
    }

    public static void FormEncode(StringBuilder text, string value)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (rune.Value == ' ')
            {
                text.Append('+');
                continue;
            }
            if (IsUnreserved(rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                text.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
            }
        }
    }

    private const string HexDigits = "0123456789ABCDEF";

    private static bool IsUnreserved(int c) =>
        c < 128 && (char.IsAsciiLetterOrDigit((char)c) || c is '-' or '.' or '_' or '~');

    private static bool TryDecode(ReadOnlySpan<char> text, out string value)
    {
        value = "";
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = 0;
        while (!text.IsEmpty)
        {
            if (text[0] == '%')
            {
                if (text.Length < 3 || !TryHex(text[1], text[2], out bytes[length]))
                {
                    return false;
                }
                length++;
                text = text[3..];
                continue;
            }
            int plain = text.IndexOfAny('%', '+');
            ReadOnlySpan<char> run = plain < 0 ? text : text[..plain];
            length += Encoding.UTF8.GetBytes(run, bytes.AsSpan(length));
            text = text[run.Length..];
            if (text is ['+', ..])
            {
                bytes[length++] = (byte)' ';
                text = text[1..];
            }
        }
        value = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    private static bool TryHex(char high, char low, out byte value)
    {
        bool good = char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low);
        value = good ? (byte)((Convert.FromHexString([high, low])[0])) : (byte)0;
        return good;
    }
}
