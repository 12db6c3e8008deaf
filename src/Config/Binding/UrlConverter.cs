using System.Text.RegularExpressions;

namespace Pomerium.Fast.Config.Binding;

/// <summary>The check that the specification calls "valid URL" (config spec 1.8).</summary>
internal static partial class UrlConverter
{
    /// <returns>The parts, or null with the cause.</returns>
    public static UrlText? Check(string text, out string cause)
    {
        if (text.Length == 0)
        {
            cause = "url cannot be empty";
            return null;
        }
        UrlText? url = UrlText.Parse(text, out cause);
        if (url is null)
        {
            cause += HostAndPort().IsMatch(text) ? ", have you specified protocol (ex: https)" : "";
            return null;
        }
        cause =
            url.Scheme.Length == 0 ? $"{text} url does not contain a valid scheme"
            : url.Host.Length == 0 && url.Scheme is not ("unix" or "https+unix")
                ? $"{text} url does not contain a valid hostname"
            : "";
        return cause.Length == 0 ? url : null;
    }

    /// <summary>As the framework's type, for what will be requested or redirected to.</summary>
    public static bool TryConvert(string text, out Uri? value, out string cause)
    {
        value = null;
        if (Check(text, out cause) is null)
        {
            return false;
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out value))
        {
            cause = $"{text} is not a valid url";
        }
        return value is not null;
    }

    [GeneratedRegex(
        @"\A[a-zA-Z0-9.-]+:[0-9]+(/|\z)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex HostAndPort();
}
