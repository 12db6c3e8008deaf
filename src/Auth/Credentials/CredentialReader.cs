using System.Text;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>Where a credential stood, in the order of looking (identity 3.2).</summary>
public enum CredentialSource : byte
{
    None,
    Cookie,
    PomeriumHeader,
    AuthorizationPomerium,
    AuthorizationBearer,
    Query,
}

/// <summary>
/// Goes through the credentials of a request in the order of identity 3.2, on the request's own bytes. The first that
/// verifies counts, so the caller stops there.
/// </summary>
internal ref struct CredentialReader(RequestHead head, ReadOnlySpan<byte> cookieName)
{
    private const int CookiesMax = 5; // identity 2.7

    private readonly ReadOnlySpan<byte> _cookieName = cookieName;
    private ReadOnlySpan<byte> _cookies;
    private int _cookieField = -1;
    private int _cookiesSeen;
    private CredentialSource _next = CredentialSource.Cookie;

    public ReadOnlySpan<byte> Value { get; private set; }
    public CredentialSource Source { get; private set; }

    public bool MoveNext()
    {
        while (_next <= CredentialSource.Query)
        {
            Source = _next;
            if (Source == CredentialSource.Cookie)
            {
                if (TryNextCookie())
                {
                    return true;
                }
                _next++;
                continue;
            }
            _next++;
            if (TryHeaderOrQuery(out ReadOnlySpan<byte> value))
            {
                Value = value;
                return true;
            }
        }
        return false;
    }

    private readonly bool TryHeaderOrQuery(out ReadOnlySpan<byte> value) =>
        Source switch
        {
            CredentialSource.PomeriumHeader => head.Headers.TryGet(KnownHeader.XPomeriumAuthorization, out value)
                && !value.IsEmpty,
            CredentialSource.AuthorizationPomerium => PresentedToken.TryPomeriumScheme(head, out value),
            CredentialSource.AuthorizationBearer => PresentedToken.TryBearer(head, out value),
            _ => PresentedToken.TryQuery(head, out value),
        };

    private bool TryNextCookie()
    {
        while (_cookiesSeen < CookiesMax)
        {
            if (_cookies.IsEmpty)
            {
                _cookieField = head.Headers.IndexOf(KnownHeader.Cookie, _cookieField + 1);
                if (_cookieField < 0)
                {
                    return false;
                }
                _cookies = head.Headers.Value(_cookieField);
                continue;
            }
            int end = _cookies.IndexOf((byte)';');
            ReadOnlySpan<byte> cookie = (end < 0 ? _cookies : _cookies[..end]).Trim(" \t"u8);
            _cookies = end < 0 ? default : _cookies[(end + 1)..];
            if (
                cookie.Length > _cookieName.Length
                && cookie[_cookieName.Length] == (byte)'='
                && cookie.StartsWith(_cookieName)
            )
            {
                _cookiesSeen++;
                Value = cookie[(_cookieName.Length + 1)..];
                return true;
            }
        }
        return false;
    }
}

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
