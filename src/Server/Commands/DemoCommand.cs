using System.Net;
using Pomerium.Fast.Server.Composition;
using Pomerium.Fast.Server.Demo;

namespace Pomerium.Fast.Server.Commands;

/// <summary><c>demo</c>: from command line to <see cref="DemoRunner"/>.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(string? state, string? address, bool keep, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(address ?? DemoOptions.DefaultAddress, out IPEndPoint? endPoint))
        {
            await Console.Error.WriteLineAsync(
                $"demo: --address: \"{address}\" is no address and port. Write for example {DemoOptions.DefaultAddress}."
            );
            return 1;
        }
        DemoOptions options = new()
        {
            Address = endPoint,
            StateDirectory = state,
            Keep = keep,
        };
        using StopSignals signals = new(reload: static () => { });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            signals.Stopping,
            cancellation
        );
        return await DemoRunner.RunAsync(
            options,
            static (yaml, log, ending) => InProcessProxy.StartAsync(yaml, DemoTerminal.Banner, log, ending),
            DemoConsole.OfProcess(),
            stop.Token
        );
    }
}
