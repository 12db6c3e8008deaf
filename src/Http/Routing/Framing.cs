using System.Text;

namespace Pomerium.Fast.Http.Routing;

/// <summary>What no configured header edit may touch: how messages are framed and where a line ends (hardening 1.1, 3.3).</summary>
internal static class Framing
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    };

    /// <summary>The codec alone says these.</summary>
    public static bool Owns(string name) => Names.Contains(name);

    /// <summary>Control characters become blanks, so that a value cannot begin a line of its own.</summary>
    public static byte[] OneLine(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        foreach (ref byte b in bytes.AsSpan())
        {
            if (b is < 0x20 and not (byte)'\t' or 0x7F)
            {
                b = (byte)' ';
            }
        }
        return bytes;
    }
}
