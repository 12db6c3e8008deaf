using System.Text;

namespace Pomerium.Fast.Http.Messages;

/// <summary>Names that the data path asks for; found once, when a field is read.</summary>
public enum KnownHeader : byte
{
    Other,
    Accept,
    AccessControlRequestMethod,
    Authorization,
    Connection,
    ContentLength,
    ContentType,
    Cookie,
    Date,
    Expect,
    Forwarded,
    Host,
    KeepAlive,
    Location,
    Origin,
    ProxyConnection,
    Referer,
    Server,
    SetCookie,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    XForwardedFor,
    XForwardedHost,
    XForwardedProto,
    XPomeriumAuthorization,
    XRequestId,
}

public static class KnownHeaders
{
    private static readonly (KnownHeader Known, byte[] Name)[] All =
    [
        .. new (KnownHeader, string)[]
        {
            (KnownHeader.Accept, "accept"),
            (KnownHeader.AccessControlRequestMethod, "access-control-request-method"),
            (KnownHeader.Authorization, "authorization"),
            (KnownHeader.Connection, "connection"),
            (KnownHeader.ContentLength, "content-length"),
            (KnownHeader.ContentType, "content-type"),
            (KnownHeader.Cookie, "cookie"),
            (KnownHeader.Date, "date"),
            (KnownHeader.Expect, "expect"),
            (KnownHeader.Forwarded, "forwarded"),
            (KnownHeader.Host, "host"),
            (KnownHeader.KeepAlive, "keep-alive"),
            (KnownHeader.Location, "location"),
            (KnownHeader.Origin, "origin"),
            (KnownHeader.ProxyConnection, "proxy-connection"),
            (KnownHeader.Referer, "referer"),
            (KnownHeader.Server, "server"),
            (KnownHeader.SetCookie, "set-cookie"),
            (KnownHeader.Te, "te"),
            (KnownHeader.Trailer, "trailer"),
            (KnownHeader.TransferEncoding, "transfer-encoding"),
            (KnownHeader.Upgrade, "upgrade"),
            (KnownHeader.UserAgent, "user-agent"),
            (KnownHeader.XForwardedFor, "x-forwarded-for"),
            (KnownHeader.XForwardedHost, "x-forwarded-host"),
            (KnownHeader.XForwardedProto, "x-forwarded-proto"),
            (KnownHeader.XPomeriumAuthorization, "x-pomerium-authorization"),
            (KnownHeader.XRequestId, "x-request-id"),
        }.Select(static e => (e.Item1, Encoding.ASCII.GetBytes(e.Item2))),
    ];

    /// <summary>Candidates by name length; at most a handful share one.</summary>
    private static readonly (KnownHeader Known, byte[] Name)[][] ByLength =
    [
        .. Enumerable.Range(0, 32).Select(static n => All.Where(e => e.Name.Length == n).ToArray()),
    ];

    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= ByLength.Length)
        {
            return KnownHeader.Other;
        }
        foreach ((KnownHeader known, byte[] candidate) in ByLength[name.Length])
        {
            if (Ascii.EqualsIgnoreCase(name, candidate))
            {
                return known;
            }
        }
        return KnownHeader.Other;
    }
}
