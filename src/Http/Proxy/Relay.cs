using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>How a relay ended.</summary>
internal enum RelayEnd : byte
{
    /// <summary>Everything was read, written and taken.</summary>
    Complete,
    SourceMalformed,
    SourceTruncated,
    SinkBroken,
}

/// <summary>
/// Moves one body from its source to its sink with back-pressure: nothing is read while the sink is slow, so at most
/// one buffer waits on the way. Reused from exchange to exchange. Loop-affine.
/// </summary>
internal sealed class Relay
{
    private const int FlushAt = 32 * 1024;
    private const int BytesPerTurnMax = 256 * 1024; // others get their turn (hardening 11.4)
    private const int PieceCost = 128; // a piece of one byte costs time too
    private readonly Loop _loop;
    private readonly Action<Relay, RelayEnd> _ended;
    private readonly Action _pump;
    private IBodySource? _source;
    private IBodySink? _sink;
    private bool _flushing;
    private bool _ending;
    private bool _posted;
    private bool _pumping;

    public Relay(Loop loop, Action<Relay, RelayEnd> ended)
    {
        _loop = loop;
        _ended = ended;
        _pump = Pump;
    }

    public bool IsRunning => _source is not null;

    /// <summary>Payload bytes moved since the start.</summary>
    public long Bytes { get; private set; }

    /// <summary>When bytes last moved; the idle timer looks here instead of being armed for every piece.</summary>
    public long MovedMs { get; private set; }

    public void Start(IBodySource source, IBodySink sink)
    {
        _source = source;
        _sink = sink;
        _flushing = _ending = false;
        Bytes = 0;
        MovedMs = _loop.NowMs;
        source.Ready = _pump;
        sink.Ready = _pump;
        Pump();
    }

    /// <summary>Stops without telling; source and sink are their owners' business.</summary>
    public void Stop()
    {
        if (_source is not null)
        {
            _source.Ready = null;
            _sink!.Ready = null;
            _source = null;
            _sink = null;
        }
    }

    private void Pump()
    {
        if (_pumping)
        {
            return;
        }
        _pumping = true;
        int budget = BytesPerTurnMax;
        while (_source is not null && !_posted && Turn(ref budget)) { }
        _pumping = false;
    }

    /// <summary>One step; false when something must be waited for.</summary>
    private bool Turn(ref int budget)
    {
        if (_sink!.IsBroken)
        {
            return Finish(RelayEnd.SinkBroken);
        }
        if (_flushing)
        {
            if (!_sink.TryFlush())
            {
                return false;
            }
            _flushing = false;
            return true;
        }
        if (_ending)
        {
            return Finish(RelayEnd.Complete);
        }
        if (budget <= 0)
        {
            return Yield();
        }
        switch (_source!.TryRead(out ReadOnlyMemory<byte> payload))
        {
            case SourceStatus.Data:
                Bytes += payload.Length;
                budget -= payload.Length + PieceCost;
                MovedMs = _loop.NowMs;
                _flushing = !_sink.TryWrite(payload) || _sink.Unflushed >= FlushAt;
                return true;
            case SourceStatus.Done:
                _sink.End();
                _ending = _flushing = true;
                return true;
            case SourceStatus.Wait:
                _flushing = !_sink.TryFlush();
                return _sink.IsBroken;
            case SourceStatus.Malformed:
                return Finish(RelayEnd.SourceMalformed);
            default:
                return Finish(RelayEnd.SourceTruncated);
        }
    }

    private bool Yield()
    {
        _posted = true;
        _loop.Post(
            static r =>
            {
                Relay relay = (Relay)r!;
                relay._posted = false;
                relay.Pump();
            },
            this
        );
        return false;
    }

    private bool Finish(RelayEnd end)
    {
        Stop();
        _ended(this, end);
        return true; // the owner may have started the next body from within
    }
}
