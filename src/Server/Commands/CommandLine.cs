using System.CommandLine;
using System.Reflection;
using Pomerium.Fast.Server.Demo;

namespace Pomerium.Fast.Server.Commands;

/// <summary>The program's commands and options (cli 1.1), old spellings included.</summary>
internal static class CommandLine
{
    private const string NotSupported = "not supported";

    public static string Version { get; } =
        typeof(CommandLine)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0.0.0";

    public static Task<int> RunAsync(string[] args)
    {
        string[] current = OldSpellings.Translate(args, Console.Error);
        if (current is ["--version"])
        {
            // Scripts of the reference product look for both lines.
            Console.Out.Write($"pomerium: {Version}\nenvoy: none\n");
            return Task.FromResult(0);
        }
        // The commands have a signal handling of their own: an orderly end takes longer than the library's two seconds.
        return Root().Parse(current).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static RootCommand Root()
    {
        Option<string?> config = ConfigOption();
        RootCommand root = new("Identity-aware edge proxy: signs users in, checks every request, passes identity on.")
        {
            config,
            Validate(),
            Demo(),
            Unsupported("zero", "Managed mode of the vendor's cloud; not part of this program."),
        };
        root.SetAction((parsed, cancellation) => RunCommand.RunAsync(parsed.GetValue(config), cancellation));
        return root;
    }

    private static Option<string?> ConfigOption() =>
        new("--config")
        {
            Description =
                "Configuration file (.yaml, .yml, .json, .toml, .properties, .env). Environment variables override it; without it they are the only source.",
            HelpName = "FILE",
        };

    private static Command Validate()
    {
        Option<string?> config = ConfigOption();
        Command command = new(
            "validate",
            "Checks a configuration as a start would, prints every problem with its line and remedy, and opens no socket. Exit status 0 or 1."
        )
        {
            config,
        };
        command.SetAction(parsed => ValidateCommand.Run(parsed.GetValue(config)));
        return command;
    }

    private static Command Demo()
    {
        Option<string?> state = new("--state")
        {
            Description = "Keeps a development CA in this folder, so that a browser can trust it once.",
            HelpName = "DIR",
        };
        Option<string?> address = new("--address")
        {
            Description = "Loopback address and port of the proxy; another free port is taken when it is in use.",
            HelpName = "HOST:PORT",
        };
        // Known only to be refused in its own words (identity 10.1).
        Option<string?> config = ConfigOption();
        config.Hidden = true;
        config.Arity = ArgumentArity.ZeroOrOne;
        Option<bool> keep = new("--keep") { Description = "Does not end by itself after eight hours." };
        Command command = new(
            "demo",
            "Starts a development identity provider, a small app and the proxy on loopback: the whole sign-in in one minute. Never for production."
        )
        {
            state,
            address,
            keep,
            config,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (parsed.GetResult(config) is not null)
                {
                    await Console.Error.WriteLineAsync(
                        $"{DemoOptions.TakesNoConfiguration}: leave out --config; to serve your own configuration, leave out demo"
                    );
                    return 1;
                }
                return await DemoCommand.RunAsync(
                    parsed.GetValue(state),
                    parsed.GetValue(address),
                    parsed.GetValue(keep),
                    cancellation
                );
            }
        );
        return command;
    }

    private static Command Unsupported(string name, string description)
    {
        Command command = new(name, description) { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction(static _ =>
        {
            Console.Error.WriteLine(NotSupported);
            return 1;
        });
        return command;
    }
}
