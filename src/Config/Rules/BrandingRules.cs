using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Colours, pictures and words of the pages (config spec 2.10). Values end in a style sheet and in pages, so their forms are narrow.</summary>
internal static class BrandingRules
{
    private const string Data = "data:image/";

    public static BrandingOptions Read(OptionReader options) =>
        new()
        {
            PrimaryColor = Color(options, "primary_color"),
            SecondaryColor = Color(options, "secondary_color"),
            DarkPrimaryColor = Color(options, "darkmode_primary_color"),
            DarkSecondaryColor = Color(options, "darkmode_secondary_color"),
            LogoUrl = Picture(options, "logo_url"),
            FaviconUrl = Picture(options, "favicon_url"),
            ErrorMessage = options.Text("error_message_first_paragraph", ""),
        };

    private static string Color(OptionReader options, string key)
    {
        string text = options.Text(key, "");
        if (text.Length == 0 || IsColor(text))
        {
            return text.ToLowerInvariant();
        }
        options.Error(
            key,
            "invalid-color",
            $"config: {key}: \"{text}\" is no colour",
            "write # and three or six hexadecimal digits in quotes, for example \"#5b3ba8\"",
            text
        );
        return "";
    }

    private static bool IsColor(string text) =>
        text.Length is 4 or 7 && text[0] == '#' && text.Skip(1).All(char.IsAsciiHexDigit);

    private static string Picture(OptionReader options, string key)
    {
        string text = options.Text(key, "");
        if (text.Length == 0 || text.StartsWith(Data, StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "https" && url.UserInfo.Length == 0)
        {
            return url.AbsoluteUri;
        }
        options.Error(
            key,
            "invalid-picture",
            $"config: {key}: browsers load pictures of these pages by https or from a data URL only",
            "write https://… or data:image/png;base64,…",
            text
        );
        return "";
    }
}
