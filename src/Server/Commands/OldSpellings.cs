namespace Pomerium.Fast.Server.Commands;

/// <summary>Single-dash spellings that start scripts of the reference product still use (cli 1.1).</summary>
internal static class OldSpellings
{
    public static string[] Translate(IReadOnlyList<string> args, TextWriter warnings)
    {
        List<string> current = [];
        foreach (string arg in args)
        {
            if (arg.Equals("-config", StringComparison.Ordinal))
            {
                Warn(warnings);
                current.Add("--config");
            }
            else if (arg.StartsWith("-config=", StringComparison.Ordinal))
            {
                Warn(warnings);
                current.Add("--config=" + arg["-config=".Length..]);
            }
            else
            {
                current.Add(arg is "-version" or "-v" ? "--version" : arg);
            }
        }
        return [.. current];
    }

    private static void Warn(TextWriter warnings) =>
        warnings.WriteLine("Warning: syntax '-config' is deprecated, use '--config' instead");
}
