using System.Runtime.InteropServices;

namespace Pomerium.Fast.Server.Composition;

/// <summary>SIGTERM and SIGINT ask for an orderly end, a second one ends at once; SIGHUP asks for a reload (cli 1.2).</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _stop = new();
    private int _asked;

    public StopSignals(Action reload) =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(
                PosixSignal.SIGHUP,
                context =>
                {
                    context.Cancel = true;
                    reload();
                }
            ),
        ];

    public CancellationToken Stopping => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _asked) > 1)
        {
            Environment.Exit(1);
        }
        // The drain must not run inside the signal's own callback.
        _ = Task.Run(_stop.Cancel);
    }
}
