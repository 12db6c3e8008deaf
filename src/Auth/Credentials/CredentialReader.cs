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
