using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport;

/// <summary>Runs a test's code on a loop's thread and brings its outcome back.</summary>
internal static class OnLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task<T> Run<T>(Loop loop, Func<Loop, Task<T>> code)
    {
        TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task RunAsync()
        {
            try
            {
                outcome.SetResult(await code(loop));
            }
            catch (Exception e)
            {
                outcome.SetException(e);
            }
        }
        loop.Post(_ => _ = RunAsync(), null);
        return outcome.Task.WaitAsync(Patience);
    }

    public static Task Run(Loop loop, Func<Loop, Task> code) =>
        Run(
            loop,
            async l =>
            {
                await code(l);
                return true;
            }
        );
}
