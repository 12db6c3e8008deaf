namespace Pomerium.Fast.Auth.Providers.Kinds;

/// <summary>PingOne; an address in <c>mail</c> stands in for a missing <c>email</c>.</summary>
internal static class Ping
{
    public static ProviderTraits Traits { get; } =
        new() { Name = "ping", Scopes = static _ => ProviderTraits.StandardScopes };
}
