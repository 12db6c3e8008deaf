using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Routing;

/// <summary>
/// Keeps our own cookies from upstreams and theirs from being ours (routing 7.5, identity 2.7, hardening 5.2). Names are
/// compared byte by byte.
/// </summary>
public sealed class CookieCutter(string cookieName)
{
    private readonly byte[] _session = Encoding.ASCII.GetBytes(cookieName);
    private readonly byte[] _authenticate = Encoding.ASCII.GetBytes(cookieName + "_authenticate");
    private readonly byte[] _ownPrefix = Encoding.ASCII.GetBytes(cookieName + "_");

    /// <summary>Appends what is left of a Cookie value, joined by <c>; </c>; nothing when all of it was ours.</summary>
    public void WriteRest(ReadOnlySpan<byte> cookies, ByteBuffer into)
    {
        int start = into.Length;
        foreach (Range part in cookies.Split((byte)';'))
        {
            ReadOnlySpan<byte> cookie = cookies[part].Trim(" \t"u8);
            if (cookie.IsEmpty || IsOurs(NameOf(cookie)))
            {
                continue;
            }
            if (into.Length > start)
            {
                into.Append("; "u8);
            }
            into.Append(cookie);
        }
    }

    /// <summary>Whether a Set-Cookie of an upstream would touch a cookie of ours.</summary>
    public bool TouchesOurs(ReadOnlySpan<byte> setCookie)
    {
        int end = setCookie.IndexOf((byte)';');
        ReadOnlySpan<byte> name = NameOf(end < 0 ? setCookie : setCookie[..end]);
        return name.SequenceEqual(_session) || name.StartsWith(_ownPrefix);
    }

    private bool IsOurs(ReadOnlySpan<byte> name) => name.SequenceEqual(_session) || name.SequenceEqual(_authenticate);

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> cookie)
    {
        int equals = cookie.IndexOf((byte)'=');
        return (equals < 0 ? cookie : cookie[..equals]).Trim(" \t"u8);
    }
}
