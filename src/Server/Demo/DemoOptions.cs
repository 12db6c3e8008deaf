using System.Collections;
using System.Net;

namespace Pomerium.Fast.Server.Demo;

/// <summary>What <c>pomerium-fast demo</c> was asked for; <see cref="Check"/> keeps it away from anything that is not a demo (identity spec 10.1).</summary>
internal sealed record DemoOptions
{
    public const string TakesNoConfiguration = "demo does not take a configuration";
    public const string DefaultAddress = "127.0.0.1:8443";
    private static readonly string[] ForeignSettings = ["IDP_", "DATABROKER_"];

    /// <summary>Where the proxy listens; another free port is taken when this one is in use.</summary>
    public IPEndPoint Address { get; init; } = IPEndPoint.Parse(DefaultAddress);

    /// <summary>Folder that keeps the development CA; null: nothing is written to disk.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>Goes on after <see cref="LifeMax"/>.</summary>
    public bool Keep { get; init; }

    public TimeSpan LifeMax { get; init; } = TimeSpan.FromHours(8);

    /// <summary>The reason why these options make no demo, or null.</summary>
    public static string? Check(DemoOptions options, IDictionary environment)
    {
        if (!IPAddress.IsLoopback(options.Address.Address))
        {
            return $"demo: refusing to listen on {options.Address}: loopback only";
        }
        foreach (string name in environment.Keys.OfType<string>().Order(StringComparer.Ordinal))
        {
            bool foreign =
                name is "SHARED_SECRET" or "SHARED_SECRET_FILE"
                || Array.Exists(ForeignSettings, p => name.StartsWith(p, StringComparison.Ordinal));
            if (foreign && environment[name] is string { Length: > 0 })
            {
                return $"{TakesNoConfiguration}: {name} is set in the environment; unset it and start again";
            }
        }
        return null;
    }
}
