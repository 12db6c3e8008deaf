using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// <c>/.pomerium/sign_out</c> (identity 3.5). A page of somebody else cannot sign a user out: what does not come from
/// this origin or carry a token gets a page that asks. The route's host ends the session at once and sends the browser
/// to the authenticate host, which forgets it, revokes its tokens and goes on to the provider.
/// </summary>
internal sealed class SignOut(SignInSettings settings, ILogger log)
{
    private static readonly TimeSpan RevokeMax = TimeSpan.FromSeconds(5);
    private readonly SessionLookup _sessions = new(settings);
    private readonly SignedOutTarget _kept = new(settings);

    private enum Consent
    {
        Given,
        Asked,
        Refused,
    }

    public async ValueTask<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken cancellation)
    {
        QueryParameters? query = QueryParameters.TryParse(request.Query, out QueryParameters? parsed) ? parsed : null;
        if (query is null)
        {
            return new ErrorAnswer(400, "The address cannot be read.");
        }
        return settings.IsAuthenticateHost(request.Authority)
            ? await OnAuthenticateHostAsync(request, query, cancellation)
            : await OnRouteHostAsync(request, query, cancellation);
    }

    /// <summary>Proof that the form was made for this session on this host.</summary>
    public string CsrfToken(string sessionId, string authority) =>
        Base64Text.Bare(
            HMACSHA256.HashData(
                settings.SharedSecret,
                Encoding.UTF8.GetBytes($"signout|{sessionId}|{authority.ToLowerInvariant()}")
            )
        );

    private async ValueTask<FlowAnswer> OnRouteHostAsync(
        FlowRequest request,
        QueryParameters query,
        CancellationToken cancellation
    )
    {
        string asked = Asked(request, query);
        string target = settings.Targets.AfterSignOut(asked);
        SignedInUser? user = await _sessions.FindAsync(request, settings.SessionCookie.RouteName, cancellation);
        if (user is null)
        {
            return new RedirectAnswer(End(target))
            {
                SetCookies = [settings.SessionCookie.Delete(settings.SessionCookie.RouteName)],
            };
        }
        switch (Decide(request, query, user.Session.Id))
        {
            case Consent.Refused:
                return new ErrorAnswer(400, "This sign-out did not come from this site.");
            case Consent.Asked:
                return await ConfirmAsync(request, user.Session, asked, cancellation);
        }
        // Over everywhere from now on; kept for the authenticate host, which still needs its tokens.
        await settings.Store.PutSessionAsync(
            user.Session with
            {
                ExpiresAt = settings.Now,
                RefreshDisabled = true,
            },
            cancellation
        );
        string next =
            settings.AuthenticateOrigin.Length == 0
                ? End(target)
                : settings.Sign(
                    settings.AuthenticateOrigin + SignInPath.SignOut,
                    new QueryParameters()
                        .Set(SignInParameter.SessionHash, SessionHash(user.Session.Id))
                        .SetIfAny(SignInParameter.RedirectUri, target)
                );
        return new RedirectAnswer(next)
        {
            SetCookies = [settings.SessionCookie.Delete(settings.SessionCookie.RouteName)],
        };
    }

    private async ValueTask<FlowAnswer> OnAuthenticateHostAsync(
        FlowRequest request,
        QueryParameters query,
        CancellationToken cancellation
    )
    {
        bool signed = query.Has(SignInParameter.Signature);
        if (signed && settings.Signed(request, out ErrorAnswer? refusal) is null)
        {
            return refusal!;
        }
        string asked = signed ? "" : Asked(request, query);
        string target = signed ? query[SignInParameter.RedirectUri] : settings.Targets.AfterSignOut(asked);
        SessionHandle? handle = _sessions.Handle(request, settings.SessionCookie.AuthenticateName);
        SessionRecord? session = handle is null ? null : await settings.Store.GetSessionAsync(handle.Id, cancellation);
        if (handle is null || session is null)
        {
            return new RedirectAnswer(End(target))
            {
                SetCookies = [settings.SessionCookie.Delete(settings.SessionCookie.AuthenticateName)],
            };
        }
        bool mine = signed && IsHashOf(query[SignInParameter.SessionHash], session.Id);
        Consent consent = mine ? Consent.Given : Decide(request, query, session.Id);
        return consent switch
        {
            Consent.Given => await EndAsync(session, target, cancellation),
            // Nothing that came with another session's URL is taken over into this form.
            Consent.Asked => await ConfirmAsync(request, session, asked, cancellation),
            _ => new ErrorAnswer(400, "This sign-out did not come from this site."),
        };
    }

    /// <summary>The table of identity 3.5.</summary>
    private Consent Decide(FlowRequest request, QueryParameters query, string sessionId)
    {
        string token = request.IsPost ? request.Form?["csrf_token"] ?? "" : query["csrf_token"];
        if (token.Length > 0)
        {
            string wanted = CsrfToken(sessionId, request.Authority);
            bool good = CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(wanted),
                Encoding.UTF8.GetBytes(token)
            );
            return good ? Consent.Given
                : request.IsPost ? Consent.Refused
                : Consent.Asked;
        }
        return request.IsPost
            ? OriginGuard.IsOwnForm(request)
                ? Consent.Given
                : Consent.Refused
            : OriginGuard.IsOwnLink(request)
                ? Consent.Given
                : Consent.Asked;
    }

    private async ValueTask<FlowAnswer> ConfirmAsync(
        FlowRequest request,
        SessionRecord session,
        string asked,
        CancellationToken cancellation
    )
    {
        ImmutableArray<string>.Builder origins = ImmutableArray.CreateBuilder<string>();
        if (settings.AuthenticateOrigin.Length > 0)
        {
            origins.Add(settings.AuthenticateOrigin);
        }
        if (await ProviderUrlAsync(session, "", cancellation) is { } url)
        {
            origins.Add(Origin.Of(new Uri(url)));
        }
        if (settings.Targets.AfterSignOut(asked) is { Length: > 0 } target)
        {
            origins.Add(Origin.Of(new Uri(target)));
        }
        string keptTarget = string.Equals(settings.Targets.AfterSignOut(asked), asked, StringComparison.Ordinal)
            ? asked
            : "";
        return new ConfirmSignOutAnswer(CsrfToken(session.Id, request.Authority), keptTarget, origins.ToImmutable());
    }

    private async ValueTask<FlowAnswer> EndAsync(SessionRecord session, string target, CancellationToken cancellation)
    {
        await settings.Store.DeleteSessionAsync(session.Id, cancellation);
        log.SignedOut(session.Id, session.UserId);
        IIdentityProvider? provider = settings.Providers.Find(session.ProviderId);
        if (provider is not null && session.OAuthToken is { } token)
        {
            await RevokeAsync(provider, token, cancellation);
        }
        ImmutableArray<string> cookies = [settings.SessionCookie.Delete(settings.SessionCookie.AuthenticateName)];
        string? url = await ProviderUrlAsync(session, target, cancellation);
        if (url is not null && provider!.Traits.SignOut == SignOutForm.Cognito && target.Length > 0)
        {
            cookies = cookies.Add(_kept.Keep(target));
        }
        return new RedirectAnswer(url ?? End(target)) { SetCookies = cookies };
    }

    private async ValueTask RevokeAsync(
        IIdentityProvider provider,
        OAuthTokenRecord token,
        CancellationToken cancellation
    )
    {
        using CancellationTokenSource limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(RevokeMax);
        try
        {
            await provider.RevokeAsync(token, limited.Token);
        }
        catch (Exception e) when (e is ProviderException or OperationCanceledException)
        {
            log.RevokeFailed(e.Message);
        }
    }

    private async ValueTask<string?> ProviderUrlAsync(
        SessionRecord session,
        string target,
        CancellationToken cancellation
    )
    {
        try
        {
            return settings.Providers.Find(session.ProviderId) is { } provider
                ? await provider.SignOutUrlAsync(
                    new ProviderSignOut(session.IdToken?.Raw ?? "", target, SignedOutUrl),
                    cancellation
                )
                : null;
        }
        catch (ProviderException e)
        {
            // The local sign-out has happened; the provider's page is the smaller part of it.
            log.ProviderUnreachable("sign-out", e.Message);
            return null;
        }
    }

    private string End(string target) =>
        target.Length > 0 ? target
        : settings.AuthenticateOrigin.Length > 0 ? SignedOutUrl
        : SignInPath.Root;

    private string SignedOutUrl => settings.AuthenticateOrigin + SignInPath.SignedOut;

    private static string Asked(FlowRequest request, QueryParameters query) =>
        request.Form?[SignInParameter.RedirectUri] is { Length: > 0 } form ? form : query[SignInParameter.RedirectUri];

    /// <summary>Names a session without telling its id: a URL that leaks signs nobody else out.</summary>
    internal static string SessionHash(string sessionId) =>
        Base64Text.Bare(SHA256.HashData(Encoding.UTF8.GetBytes("signout" + sessionId)).AsSpan(0, 16));

    private static bool IsHashOf(string hash, string sessionId) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(hash),
            Encoding.UTF8.GetBytes(SessionHash(sessionId))
        );
}
