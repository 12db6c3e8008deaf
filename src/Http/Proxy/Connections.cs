using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>The options of Connection headers (RFC 9110 7.6.1).</summary>
internal static class Connections
{
    /// <param name="any">Whether there is a Connection header at all; saves the walk.</param>
    public static bool Nominates(HeaderBlock headers, bool any, ReadOnlySpan<byte> name)
    {
        if (!any)
        {
            return false;
        }
        for (
            int i = headers.IndexOf(KnownHeader.Connection);
            i >= 0;
            i = headers.IndexOf(KnownHeader.Connection, i + 1)
        )
        {
            ReadOnlySpan<byte> value = headers.Value(i);
            foreach (Range part in value.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), name))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>The one member of TE that goes on (RFC 9110 10.1.4, hardening 5.1).</summary>
    public static bool AcceptsTrailers(HeaderBlock headers)
    {
        for (int i = headers.IndexOf(KnownHeader.Te); i >= 0; i = headers.IndexOf(KnownHeader.Te, i + 1))
        {
            ReadOnlySpan<byte> value = headers.Value(i);
            foreach (Range part in value.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), "trailers"u8))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
