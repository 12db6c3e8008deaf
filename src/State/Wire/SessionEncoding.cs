using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.State.Wire;

/// <summary>Message <c>session.Session</c>, field numbers of state 5.1.</summary>
internal static class SessionEncoding
{
    public static ReadOnlyMemory<byte> Encode(SessionRecord session)
    {
        ProtoWriter into = new();
        into.Text(2, session.Id);
        into.Text(3, session.UserId);
        into.Time(4, session.ExpiresAt);
        if (session.IdToken is { } idToken)
        {
            into.Message(6, Encode(idToken));
        }
        if (session.OAuthToken is { } oauth)
        {
            into.Message(7, Encode(oauth));
        }
        ClaimEncoding.Write(into, 9, session.Claims);
        foreach (string host in session.Audience)
        {
            into.TextAlways(10, host);
        }
        into.Time(14, session.IssuedAt);
        into.Time(18, session.AccessedAt);
        into.Flag(19, session.RefreshDisabled);
        into.Text(20, session.ProviderId);
        return into.Written;
    }

    public static SessionRecord Decode(ReadOnlySpan<byte> bytes)
    {
        SessionRecord session = new()
        {
            Id = "",
            UserId = "",
            ProviderId = "",
            IssuedAt = default,
            AccessedAt = default,
            ExpiresAt = default,
        };
        List<KeyValuePair<string, ImmutableArray<object?>>> claims = [];
        ImmutableArray<string>.Builder audience = ImmutableArray.CreateBuilder<string>();
        ProtoReader from = new(bytes);
        while (from.MoveNext())
        {
            if (from.Field == 9)
            {
                claims.Add(ClaimEncoding.ReadEntry(from.Value));
            }
            else if (from.Field == 10)
            {
                audience.Add(from.Text());
            }
            else
            {
                session = With(session, in from);
            }
        }
        return session with { Claims = new ClaimSet(claims), Audience = audience.ToImmutable() };
    }

    private static SessionRecord With(SessionRecord session, in ProtoReader from) =>
        from.Field switch
        {
            2 => session with { Id = from.Text() },
            3 => session with { UserId = from.Text() },
            4 => session with { ExpiresAt = from.Time() },
            6 => session with { IdToken = DecodeIdToken(from.Value) },
            7 => session with { OAuthToken = DecodeOAuthToken(from.Value) },
            14 => session with { IssuedAt = from.Time() },
            18 => session with { AccessedAt = from.Time() },
            19 => session with { RefreshDisabled = from.Number != 0 },
            20 => session with { ProviderId = from.Text() },
            _ => session,
        };

    private static ProtoWriter Encode(IdTokenRecord token)
    {
        ProtoWriter into = new();
        into.Text(1, token.Issuer);
        into.Text(2, token.Subject);
        into.Time(3, token.ExpiresAt);
        into.Time(4, token.IssuedAt);
        into.Text(5, token.Raw);
        return into;
    }

    private static ProtoWriter Encode(OAuthTokenRecord token)
    {
        ProtoWriter into = new();
        into.Text(1, token.AccessToken);
        into.Text(2, token.TokenType);
        into.Time(3, token.ExpiresAt);
        into.Text(4, token.RefreshToken);
        return into;
    }

    private static IdTokenRecord DecodeIdToken(ReadOnlySpan<byte> bytes)
    {
        IdTokenRecord token = new("", "", "", default, default);
        ProtoReader from = new(bytes);
        while (from.MoveNext())
        {
            token = from.Field switch
            {
                1 => token with { Issuer = from.Text() },
                2 => token with { Subject = from.Text() },
                3 => token with { ExpiresAt = from.Time() },
                4 => token with { IssuedAt = from.Time() },
                5 => token with { Raw = from.Text() },
                _ => token,
            };
        }
        return token;
    }

    private static OAuthTokenRecord DecodeOAuthToken(ReadOnlySpan<byte> bytes)
    {
        // A provider that names no end leaves the field out (state 5.1).
        OAuthTokenRecord token = new("", "", DateTimeOffset.MaxValue, "");
        ProtoReader from = new(bytes);
        while (from.MoveNext())
        {
            token = from.Field switch
            {
                1 => token with { AccessToken = from.Text() },
                2 => token with { TokenType = from.Text() },
                3 => token with { ExpiresAt = from.Time() },
                4 => token with { RefreshToken = from.Text() },
                _ => token,
            };
        }
        return token;
    }
}
