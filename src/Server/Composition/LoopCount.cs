using System.Globalization;

namespace Pomerium.Fast.Server.Composition;

/// <summary>How many loops the process runs: one per core that it may use, or what the environment says.</summary>
internal static class LoopCount
{
    public const string Variable = "POMERIUM_FAST_LOOPS";
    private const int Max = 256;

    /// <exception cref="FormatException">The variable holds something else than a number from 1 to 256.</exception>
    public static int Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Math.Clamp(Environment.ProcessorCount, 1, Max);
        }
        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count is >= 1 and <= Max
            ? count
            : throw new FormatException(
                $"{Variable}: \"{text}\" is not a number from 1 to {Max}. Unset it to get one loop per core."
            );
    }
}
