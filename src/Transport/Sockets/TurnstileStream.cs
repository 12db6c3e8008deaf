using System.Net.Sockets;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>
/// The stream below an SslStream. A read and a write may run side by side there, but its ShutdownAsync touches the TLS
/// state without a lock: a read that decrypts meanwhile (a session ticket comes unasked) makes it fail, or worse. So
/// whoever uses the TLS state for reading or for ending it holds a turn, and a read gives its turn away only while it
/// waits for the socket.
/// </summary>
internal sealed class TurnstileStream(Socket socket) : NetworkStream(socket)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _reading;

    /// <summary>For one read of the TLS stream above.</summary>
    public async Task BeginReadAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _reading = true;
    }

    public void EndRead()
    {
        _reading = false;
        _turn.Release();
    }

    /// <summary>Runs when no read is at work on the TLS state.</summary>
    public async Task WhileReadRestsAsync(Func<Task> code)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await code().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_reading)
        {
            return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false); // the handshake
        }
        _turn.Release();
        try
        {
            return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
