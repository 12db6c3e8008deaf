using Pomerium.Fast.Config.Binding;

namespace Pomerium.Fast.Config.Rules;

/// <summary>URLs of services (config spec 1.8, 2.7, 2.8); those that nothing calls yet are checked all the same.</summary>
internal static class ServiceUrlRules
{
    public static Uri? Authenticate(OptionReader options) =>
        Read(options, "authenticate_service_url", "authenticate-url");

    public static Uri? AuthenticateInternal(OptionReader options) =>
        Read(options, "authenticate_internal_service_url", "authenticate-internal-url");

    public static Uri? SignOut(OptionReader options) => Read(options, "signout_redirect_url", "signout-redirect-url");

    public static void CheckOthers(OptionReader options)
    {
        foreach (string url in options.List("authorize_service_urls") ?? [])
        {
            Check(options, "authorize_service_urls", url, $"config: bad authorize-url {url} : ");
        }
        foreach (string url in options.List("databroker_service_urls") ?? [])
        {
            Check(options, "databroker_service_urls", url, $"config: bad databroker service url {url}: ");
        }
    }

    private static void Check(OptionReader options, string key, string url, string message)
    {
        if (UrlConverter.Check(url, out string cause) is null)
        {
            options.Error(key, "invalid-url", message + cause, "write scheme and host", url);
        }
    }

    private static Uri? Read(OptionReader options, string key, string name) =>
        options.Url(key, $"config: bad {name} {options.Text(key)} : ");
}
