using System.Globalization;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// Notices a browser that comes back for the same host again and again since it does not keep the session cookie
/// (identity 2.4 step 5), and would otherwise go round for ever.
/// </summary>
internal sealed class LoopBreaker(SignInSettings settings)
{
    private const int PassesMax = 5;
    private const int HostsMax = 4;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private string Name => settings.Cookie.Name + "_loop";

    /// <summary>Counts a pass; null when it was one too many.</summary>
    public string? Pass(FlowRequest request, string host)
    {
        long now = settings.Now.ToUnixTimeSeconds();
        List<(string Host, long At)> passes = Read(request, now);
        if (passes.Count(p => string.Equals(p.Host, host, StringComparison.Ordinal)) >= PassesMax)
        {
            return null;
        }
        passes.Add((host, now));
        IEnumerable<string> lines = passes
            .TakeLast(PassesMax * HostsMax)
            .Select(static p => string.Create(CultureInfo.InvariantCulture, $"{p.At} {p.Host}"));
        return MarkedCookie.Write(settings.CookieSecret, Name, string.Join('\n', lines), SignInPath.SignIn, Life);
    }

    private List<(string Host, long At)> Read(FlowRequest request, long now)
    {
        List<(string, long)> passes = [];
        foreach (string line in (MarkedCookie.Read(settings.CookieSecret, Name, request) ?? "").Split('\n'))
        {
            int cut = line.IndexOf(' ', StringComparison.Ordinal);
            if (
                cut > 0
                && long.TryParse(line.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
                && now - at < (long)Window.TotalSeconds
            )
            {
                passes.Add((line[(cut + 1)..], at));
            }
        }
        return passes;
    }
}
