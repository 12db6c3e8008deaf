using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>The provider's answer on the authenticate host (identity 2.5): checked, redeemed, written down.</summary>
internal sealed class ProviderCallback(SignInSettings settings, ILogger log)
{
    private const int DescriptionMax = 200;
    private readonly LoginCookies _cookies = new(settings);

    public async ValueTask<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken cancellation)
    {
        QueryParameters? parameters = request.Form;
        if (!request.IsPost && !QueryParameters.TryParse(request.Query, out parameters))
        {
            parameters = null;
        }
        if (parameters is null || parameters.HasDuplicates)
        {
            return new ErrorAnswer(400, "bad bytes: the parameters cannot be read");
        }
        if (parameters["error"] is { Length: > 0 } error)
        {
            return Refused(error, parameters["error_description"]);
        }
        string code = parameters["code"];
        if (code.Length == 0)
        {
            return new ErrorAnswer(400, "identity provider returned empty code");
        }
        string state = parameters["state"];
        (string? returnUrl, string fault, bool isTime) = LoginState.Open(
            settings.CookieSecret,
            state,
            _cookies.CsrfToken(request),
            settings.Now,
            IsOurs
        );
        if (fault.Length > 0)
        {
            return isTime ? Late(fault, returnUrl!) : new ErrorAnswer(400, fault);
        }
        FlowAnswer answer = await RedeemAsync(request, code, state, returnUrl!, cancellation);
        return answer with { SetCookies = answer.SetCookies.Add(_cookies.DeletePkce(state)) };
    }

    private bool IsOurs(string url) =>
        url.StartsWith(settings.AuthenticateOrigin + "/.pomerium/", StringComparison.Ordinal);

    private static ErrorAnswer Refused(string error, string description)
    {
        string shown = description.Length > DescriptionMax ? description[..DescriptionMax] + "…" : description;
        int status = error is "access_denied" or "unauthorized_client" ? 401 : 400;
        string word = error.Length > DescriptionMax ? error[..DescriptionMax] : error;
        return new ErrorAnswer(
            status,
            shown.Length == 0 ? $"identity provider: {word}" : $"identity provider: {word}: {shown}"
        );
    }

    /// <summary>The link is the final target, which starts over: the sign-in URL in the state is as old as the state.</summary>
    private ErrorAnswer Late(string fault, string returnUrl) =>
        new(400, $"{fault}. The attempt took too long, or the clock of this server is wrong.")
        {
            Next = FinalTarget(returnUrl) is { } target ? new FlowLink("Try again", target) : null,
        };

    private string? FinalTarget(string returnUrl)
    {
        string target = QueryOf(returnUrl)[SignInParameter.RedirectUri];
        return settings.Targets.IsRoute(target) ? target : null;
    }

    private async ValueTask<FlowAnswer> RedeemAsync(
        FlowRequest request,
        string code,
        string state,
        string returnUrl,
        CancellationToken cancellation
    )
    {
        QueryParameters asked = QueryOf(returnUrl);
        // The provider comes from the state, never from the answer: no mix-up of two providers.
        IIdentityProvider? provider = asked.Has(SignInParameter.ProviderId)
            ? settings.Providers.Find(asked[SignInParameter.ProviderId])
            : settings.Providers.Default;
        if (provider is null)
        {
            return new ErrorAnswer(400, "unknown identity provider");
        }
        FlowLink? again = FinalTarget(returnUrl) is { } target ? new FlowLink("Try again", target) : null;
        try
        {
            string? verifier = null;
            if (await provider.SupportsPkceAsync(cancellation))
            {
                verifier = _cookies.PkceVerifier(request, state);
                if (verifier is null)
                {
                    return new ErrorAnswer(400, "pkce verifier expired or missing") { Next = again };
                }
            }
            ProviderIdentity identity = await provider.RedeemAsync(
                new CodeRedemption(
                    LoginStart.RedirectUri(settings),
                    code,
                    verifier,
                    provider.UsesNonce ? LoginStart.Nonce(state) : null
                ),
                cancellation
            );
            return identity.UserId.Length == 0
                ? new ErrorAnswer(400, "The identity provider did not say who the user is.")
                : await WriteAsync(provider, identity, returnUrl, asked, cancellation);
        }
        catch (ProviderException e)
        {
            log.RedeemFailed(provider.Traits.Name, e.Message);
            return Failed(e, again);
        }
        catch (StoreUnavailableException e)
        {
            log.SaveFailed(e.Message);
            return new ErrorAnswer(500, "failed saving new session") { Cause = e.Message, Next = again };
        }
    }

    private static ErrorAnswer Failed(ProviderException e, FlowLink? again)
    {
        (int status, string text) = e.Fault switch
        {
            ProviderFault.InvalidGrant => (400, "The sign-in code was used before or is too old."),
            ProviderFault.Unavailable => (502, "The identity provider does not answer as it should."),
            ProviderFault.NotDiscovered => (502, "The identity provider cannot be reached."),
            ProviderFault.BadIdentity => (502, "The identity provider sent an identity that does not hold."),
            _ => (500, "authenticate.OAuthCallback: error redeeming authenticate code"),
        };
        return new ErrorAnswer(status, text)
        {
            Cause = "authenticate.OAuthCallback: error redeeming authenticate code: " + e.Message,
            Next = again,
        };
    }

    private async ValueTask<FlowAnswer> WriteAsync(
        IIdentityProvider provider,
        ProviderIdentity identity,
        string returnUrl,
        QueryParameters asked,
        CancellationToken cancellation
    )
    {
        DateTimeOffset now = settings.Now;
        UserRecord user =
            await settings.Store.GetUserAsync(identity.UserId, cancellation) ?? new UserRecord { Id = identity.UserId };
        await settings.Store.PutUserAsync(Overlay(user, identity.Claims), cancellation);
        SessionRecord session = new()
        {
            // Always fresh: no claim of the provider names a session of ours (identity 2.5).
            Id = Guid.NewGuid().ToString(),
            UserId = identity.UserId,
            ProviderId = provider.Id,
            IssuedAt = now,
            AccessedAt = now,
            ExpiresAt = now + settings.Cookie.Expire,
            OAuthToken = identity.Token,
            IdToken = identity.IdToken,
            Audience = identity.Audience,
            Claims = identity.Claims,
        };
        RecordVersion version = await settings.Store.PutSessionAsync(session, cancellation);
        log.SignedIn(session.Id, session.UserId, provider.Traits.Name);
        SessionHandle handle = new()
        {
            Id = session.Id,
            UserId = session.UserId,
            ProviderId = provider.Id,
            Issuer = settings.AuthenticateAuthority,
            Audience = [settings.AuthenticateAuthority],
            IssuedAt = now.ToUnixTimeSeconds(),
            Version = version,
        };
        string path = PathOf(returnUrl);
        return new RedirectAnswer(
            string.Equals(path, settings.AuthenticateOrigin + SignInPath.SignIn, StringComparison.Ordinal)
                ? settings.Sign(path, asked)
                : returnUrl
        )
        {
            SetCookies =
            [
                settings.SessionCookie.Set(settings.SessionCookie.AuthenticateName, settings.Codec.Encode(handle)),
            ],
        };
    }

    internal static UserRecord Overlay(UserRecord user, ClaimSet claims)
    {
        Dictionary<string, System.Collections.Immutable.ImmutableArray<object?>> merged = new(StringComparer.Ordinal);
        foreach ((string claim, var values) in user.Claims.All.Concat(claims.All))
        {
            merged[claim] = values;
        }
        return user with
        {
            Name = claims.Text("name") is { Length: > 0 } name ? name : user.Name,
            Email = claims.Text("email") is { Length: > 0 } email ? email : user.Email,
            Claims = new ClaimSet(merged),
        };
    }

    private static string PathOf(string url) =>
        url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var cut ? url[..cut] : url;

    private static QueryParameters QueryOf(string url) =>
        url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var cut
        && QueryParameters.TryParse(url.AsSpan(cut + 1), out QueryParameters? parameters)
            ? parameters
            : new QueryParameters();
}
