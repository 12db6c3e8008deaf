using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.Credentials;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>
/// What operators are told about credentials and identity headers, the rest of their lives out of it: never a token.
/// Lives as long as the process, so that "once" outlasts reloads. Thread-safe.
/// </summary>
public sealed partial class AuthNotices(ILogger log)
{
    private const int SessionsMax = 10_000;
    private readonly ConcurrentDictionary<string, bool> _bigClaims = new(StringComparer.Ordinal);
    private int _queryTokens;

    /// <summary>Once: a token in the query still works, but should not be sent there (identity 3.2).</summary>
    internal void QueryToken()
    {
        if (_queryTokens == 0 && Interlocked.Exchange(ref _queryTokens, 1) == 0)
        {
            QueryTokenUsed(log);
        }
    }

    internal void BadHandle(CredentialSource source, HandleFault fault) => HandleRefused(log, source, fault);

    /// <summary>Once a session: upstreams may refuse so long a head (identity 6.4).</summary>
    internal void BigClaim(string sessionId, string claim, int bytes)
    {
        if (_bigClaims.Count < SessionsMax && _bigClaims.TryAdd(sessionId, true))
        {
            ClaimIsBig(log, sessionId, claim, bytes);
        }
    }

    [LoggerMessage(
        6051,
        LogLevel.Warning,
        "a session token came in the query parameter pomerium_session: deprecated, since queries end up in logs; send it as Authorization: Bearer Pomerium-…"
    )]
    private static partial void QueryTokenUsed(ILogger log);

    [LoggerMessage(6052, LogLevel.Debug, "session token refused: source={Source} reason={Reason}")]
    private static partial void HandleRefused(ILogger log, CredentialSource source, HandleFault reason);

    [LoggerMessage(
        6053,
        LogLevel.Warning,
        "claim header is very long: session={Session} claim={Claim} bytes={Bytes}; jwt_groups_filter shortens groups"
    )]
    private static partial void ClaimIsBig(ILogger log, string session, string claim, int bytes);
}
