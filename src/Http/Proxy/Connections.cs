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
}
