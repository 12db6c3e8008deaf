using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>A configuration with two routes and a sign-in host, as the loader would make it.</summary>
internal static class TestConfig
{
    public static readonly byte[] SharedSecret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    public static readonly byte[] CookieSecret = [.. Enumerable.Range(100, 32).Select(static i => (byte)i)];

    public static ConfigSnapshot Make(ProviderOptions provider, params (string Name, bool On)[] flags) =>
        new()
        {
            Server = new ServerOptions { Address = new ListenAddress("", 443) },
            Tls = new TlsSettings(),
            Timeouts = new TimeoutOptions(),
            Requests = new RequestOptions(),
            Identity = new IdentityOptions
            {
                AuthenticateUrl = new Uri("https://authenticate.example.com"),
                Cookie = new CookieOptions(),
                Provider = provider,
            },
            Secrets = new SecretOptions { SharedSecret = SharedSecret, CookieSecret = CookieSecret },
            Storage = new StorageOptions(),
            Logging = new LoggingOptions(),
            Routes = [Route(0, "app.example.com"), Route(1, "*.apps.example.com"), Other(2, "other.example.com")],
            RuntimeFlags = ImmutableDictionary<string, bool>
                .Empty.Add("match_any_incoming_port", true)
                .SetItems(flags.Select(static f => KeyValuePair.Create(f.Name, f.On))),
            Places = Places.None,
            ReferencedFiles = [],
        };

    private static RouteConfig Route(int index, string host) =>
        new()
        {
            ConfigPath = $"routes[{index}]",
            Id = $"{index:x16}",
            From = new RouteSource("https://" + host, RouteScheme.Https, host, null),
        };

    /// <summary>A route with credentials of its own.</summary>
    private static RouteConfig Other(int index, string host) =>
        Route(index, host) with
        {
            IdpClientId = "other-client",
            IdpClientSecret = "other-secret",
        };
}
