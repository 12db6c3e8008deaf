using System.Net;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Kit.Policy;

namespace Pomerium.Fast.Auth.Tests.Policy;

internal static class Requests
{
    public static Exchange Get(string path = "/") =>
        StillExchange.Of("GET", path, IPAddress.Loopback, DateTimeOffset.UnixEpoch);
}
