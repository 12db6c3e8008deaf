using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>Pomerium tokens outside cookies: their presence, valid or not, forbids a redirect (routing 14.3).</summary>
internal static class PresentedToken
{
    private static ReadOnlySpan<byte> BearerPrefix => "Pomerium-"u8;

    public static bool IsIn(RequestHead head) =>
        head.Headers.IndexOf(KnownHeader.XPomeriumAuthorization) >= 0
        || TryPomeriumScheme(head, out _)
        || TryBearer(head, out _)
        || TryQuery(head, out _);

    /// <summary><c>Authorization: Pomerium TOKEN</c>; the scheme is compared without case (RFC 9110 11.1).</summary>
    public static bool TryPomeriumScheme(RequestHead head, out ReadOnlySpan<byte> token) =>
        TryScheme(head, "pomerium "u8, out token);

    /// <summary><c>Authorization: Bearer Pomerium-TOKEN</c>.</summary>
    public static bool TryBearer(RequestHead head, out ReadOnlySpan<byte> token)
    {
        if (TryScheme(head, "bearer "u8, out token) && token.StartsWith(BearerPrefix))
        {
            token = token[BearerPrefix.Length..];
            return true;
        }
        token = default;
        return false;
    }

    /// <summary>The deprecated <c>pomerium_session=TOKEN</c>.</summary>
    public static bool TryQuery(RequestHead head, out ReadOnlySpan<byte> token)
    {
        ReadOnlySpan<byte> name = "pomerium_session="u8;
        ReadOnlySpan<byte> rest = head.Query;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> parameter = end < 0 ? rest : rest[..end];
            if (parameter.StartsWith(name))
            {
                token = parameter[name.Length..];
                return true;
            }
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        token = default;
        return false;
    }

    private static bool TryScheme(RequestHead head, ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> token)
    {
        if (
            head.Headers.TryGet(KnownHeader.Authorization, out ReadOnlySpan<byte> value)
            && value.Length > scheme.Length
            && Ascii.EqualsIgnoreCase(value[..scheme.Length], scheme)
        )
        {
            token = value[scheme.Length..].TrimStart((byte)' ');
            return true;
        }
        token = default;
        return false;
    }
}
