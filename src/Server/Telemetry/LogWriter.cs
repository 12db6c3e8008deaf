using System.Collections.Concurrent;

namespace Pomerium.Fast.Server.Telemetry;

/// <summary>
/// The one thread that writes log lines. Loops hand theirs over by a ring each and never block; everybody else
/// by a bounded queue. A full disk or a slow reader of standard output costs lines, never requests.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int RingBytes = 1 << 20;
    private const int QueueLinesMax = 10_000;
    private readonly Stream _to;
    private readonly LogRing[] _rings;
    private readonly ConcurrentQueue<byte[]> _queue = new();
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;
    private volatile bool _sleeping;
    private volatile bool _stopping;
    private long _dropped;

    public LogWriter(Stream to, int loops)
    {
        _to = to;
        _rings = [.. Enumerable.Range(0, loops).Select(static _ => new LogRing(RingBytes))];
        _thread = new Thread(Run) { IsBackground = true, Name = "log writer" };
        _thread.Start();
    }

    /// <summary>Lines that found no room since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped) + _rings.Sum(static r => r.Dropped);

    /// <summary>From the loop with that index only; the line ends in LF.</summary>
    public void WriteFromLoop(int loop, ReadOnlySpan<byte> line)
    {
        _rings[loop].TryWrite(line);
        Wake();
    }

    /// <summary>From any thread; the line ends in LF.</summary>
    public void Write(byte[] line)
    {
        if (_queue.Count >= QueueLinesMax)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        _queue.Enqueue(line);
        Wake();
    }

    /// <summary>Writes what waits and stops; callable once.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    // The event is touched only when the writer sleeps, so a busy loop pays no system call per line.
    private void Wake()
    {
        if (_sleeping)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        while (true)
        {
            bool stopping = _stopping;
            if (DrainAll())
            {
                continue;
            }
            if (stopping)
            {
                return;
            }
            _sleeping = true;
            Interlocked.MemoryBarrier();
            if (!DrainAll() && !_stopping)
            {
                _wake.Wait(1000);
            }
            _sleeping = false;
            _wake.Reset();
        }
    }

    private bool DrainAll()
    {
        bool any = false;
        try
        {
            foreach (LogRing ring in _rings)
            {
                any |= ring.Drain(_to);
            }
            while (_queue.TryDequeue(out byte[]? line))
            {
                _to.Write(line);
                any = true;
            }
            if (any)
            {
                _to.Flush();
            }
        }
        catch (IOException)
        {
            // A closed pipe or a full disk: the lines are lost, serving goes on (hardening 14).
            Interlocked.Increment(ref _dropped);
        }
        return any;
    }
}
