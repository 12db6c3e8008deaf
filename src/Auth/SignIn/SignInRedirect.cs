using System.Text;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// The first redirect of a sign-in (identity 2.3): from a protected address to the signed sign-in URL, with a cookie
/// that binds the login to this browser. One instance per configuration, for all loops; a sign-in may allocate.
/// </summary>
public sealed class SignInRedirect(ConfigSnapshot snapshot, RouteProviderIds providers, TimeProvider clock)
{
    /// <summary>The target travels inside <c>state</c>, and providers refuse long ones.</summary>
    private const int TargetBytesMax = 4096;
    private const int UnavailableStatus = 503;

    private readonly string? _signInUrl = snapshot.Identity.AuthenticateUrl is { } url
        ? Origin.Of(url) + SignInPath.SignIn
        : null;

    private readonly byte[] _loginCookieName = Encoding.ASCII.GetBytes(
        LoginBinding.CookieName(snapshot.Identity.Cookie)
    );

    /// <summary>Answers with the redirect; hands over to an error page when no sign-in is configured (identity 2.9).</summary>
    public Step Answer(Exchange exchange)
    {
        if (_signInUrl is null || ProviderTable.Find(snapshot.Identity.Provider.Name) is null)
        {
            exchange.Facts.Page = PageKind.Error;
            exchange.Facts.Status = UnavailableStatus;
            exchange.Facts.StatusText = "Service Unavailable";
            exchange.Facts.Description = "Sign-in is not configured on this server.";
            return Step.HandOver;
        }
        string? binding = LoginCookie(exchange.Request.Headers);
        if (binding is null)
        {
            binding = LoginBinding.NewValue();
            exchange.ResponseCookies.Add(
                Encoding.ASCII.GetBytes(LoginBinding.SetCookie(snapshot.Identity.Cookie, binding))
            );
        }
        string location = UrlSignature.Sign(
            snapshot.Secrets.SharedSecret.Span,
            _signInUrl,
            new QueryParameters()
                .Set(SignInParameter.ProviderId, providers.Of(exchange))
                .Set(SignInParameter.RedirectUri, Target(exchange.Request))
                .Set(SignInParameter.LoginNonce, LoginBinding.Nonce(binding)),
            clock.GetUtcNow()
        );
        exchange.Answer(302, default, default);
        HeaderBlock headers = exchange.Response.Headers;
        headers.Add(KnownHeader.Location, "location"u8, Encoding.ASCII.GetBytes(location));
        headers.Add("cache-control"u8, "no-cache, must-revalidate"u8);
        headers.Add("x-pomerium-intercepted-response"u8, "true"u8);
        return Step.Answered;
    }

    /// <summary>Where the user wanted to go. Always https: without TLS here it ends in front of us.</summary>
    internal static string Target(RequestHead request)
    {
        StringBuilder target = new("https://");
        Append(target, request.Authority);
        if (request.IsConnect || request.Path.Length + request.Query.Length > TargetBytesMax)
        {
            return target.Append('/').ToString();
        }
        Append(target, request.Path);
        if (request.HasQuery)
        {
            target.Append('?');
            Append(target, request.Query);
        }
        return target.ToString();
    }

    /// <summary>Bytes that a URL may not hold as they are become escapes, so that the target is one text everywhere.</summary>
    private static void Append(StringBuilder target, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b is > 0x20 and < 0x7F and not (byte)'\\')
            {
                target.Append((char)b);
            }
            else
            {
                target.Append('%').Append(Convert.ToHexString([b]));
            }
        }
    }

    private string? LoginCookie(HeaderBlock headers)
    {
        for (int i = headers.IndexOf(KnownHeader.Cookie); i >= 0; i = headers.IndexOf(KnownHeader.Cookie, i + 1))
        {
            ReadOnlySpan<byte> value = headers.Value(i);
            foreach (Range range in value.Split((byte)';'))
            {
                ReadOnlySpan<byte> pair = value[range].Trim((byte)' ');
                int cut = pair.IndexOf((byte)'=');
                if (cut > 0 && pair[..cut].SequenceEqual(_loginCookieName))
                {
                    string text = Encoding.Latin1.GetString(pair[(cut + 1)..]);
                    if (LoginBinding.IsWellFormed(text))
                    {
                        return text;
                    }
                }
            }
        }
        return null;
    }
}
