using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Identity of a route: hash over from, prefix, path, regex and action (routing 3.6).</summary>
internal static class RouteId
{
    private const int HashBytes = 8;

    public static string Of(RouteConfig route)
    {
        StringBuilder text = new();
        // Lengths in front keep neighbouring parts apart; null differs from empty.
        void Part(string? part) =>
            text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:").Append(part).Append('\n');
        Part(route.From.Text);
        Part(route.Prefix);
        Part(route.Path);
        Part(route.Regex);
        if (route.Redirect is { } redirect)
        {
            Part("redirect");
            Part(redirect.HttpsRedirect?.ToString());
            Part(redirect.Scheme);
            Part(redirect.Host);
            Part(redirect.Port?.ToString(CultureInfo.InvariantCulture));
            Part(redirect.Path);
            Part(redirect.PrefixRewrite);
            Part(redirect.ResponseCode.ToString(CultureInfo.InvariantCulture));
            Part(redirect.StripQuery.ToString());
        }
        else if (route.Response is { } response)
        {
            Part("response");
            Part(response.Status.ToString(CultureInfo.InvariantCulture));
            Part(response.Body);
        }
        else
        {
            Part(route.To.Length.ToString(CultureInfo.InvariantCulture));
            foreach (UpstreamUrl to in route.To)
            {
                Part(to.Text);
                Part(to.Weight.ToString(CultureInfo.InvariantCulture));
            }
        }
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(hash.AsSpan(0, HashBytes));
    }
}
