using Pomerium.Fast.Auth.Providers;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>Refreshes by the providers of the configuration in force.</summary>
public sealed class ProviderRefresher(ProviderSet providers) : ITokenRefresher
{
    private ProviderSet _providers = providers;

    /// <summary>After a reload.</summary>
    public void Use(ProviderSet providers) => Volatile.Write(ref _providers, providers);

    public bool Knows(string providerId) => Find(providerId) is not null;

    public ValueTask<RefreshOutcome> RefreshAsync(SessionRecord session, CancellationToken cancellation) =>
        TryAsync(
            session,
            async provider =>
            {
                ProviderIdentity identity = await provider.RefreshAsync(session, cancellation).ConfigureAwait(false);
                return new RefreshOutcome(RefreshResult.Succeeded)
                {
                    Token = identity.Token,
                    IdToken = identity.IdToken,
                    Claims = identity.Claims,
                };
            }
        );

    public ValueTask<RefreshOutcome> ReadUserAsync(SessionRecord session, CancellationToken cancellation) =>
        TryAsync(
            session,
            async provider => new RefreshOutcome(RefreshResult.Succeeded)
            {
                Claims = await provider.UserInfoAsync(session, cancellation).ConfigureAwait(false) ?? ClaimSet.Empty,
            }
        );

    private IIdentityProvider? Find(string id) => Volatile.Read(ref _providers).Find(id);

    private async ValueTask<RefreshOutcome> TryAsync(
        SessionRecord session,
        Func<IIdentityProvider, Task<RefreshOutcome>> ask
    )
    {
        if (Find(session.ProviderId) is not { } provider)
        {
            return new RefreshOutcome(RefreshResult.Permanent) { Detail = "the provider is no longer configured" };
        }
        try
        {
            return await ask(provider).ConfigureAwait(false);
        }
        catch (ProviderException e)
        {
            return new RefreshOutcome(e.IsTemporary ? RefreshResult.Temporary : RefreshResult.Permanent)
            {
                RetryAfter = e.RetryAfter,
                Detail = e.Message,
            };
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            return new RefreshOutcome(RefreshResult.Temporary) { Detail = e.Message };
        }
    }
}
