using System.Diagnostics;

namespace Pomerium.Fast.Parts;

/// <summary>For what another process does in its own time: asks until it holds, with an end.</summary>
public static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task UntilAsync(Func<Task<bool>> holds, string what, double seconds = 30)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed.TotalSeconds > seconds)
            {
                throw new TimeoutException($"{what}: not within {seconds} s");
            }
            await Task.Delay(Pause);
        }
    }
}
