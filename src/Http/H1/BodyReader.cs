using System.Buffers;
using System.IO.Pipelines;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.H1;

/// <summary>One body of a connection after the other: the payload in the bytes that come. Loop-affine.</summary>
internal sealed class BodyReader(InputWait input, IConnectionStateFeature? state) : IBodySource
{
    private readonly InputWait _input = input;
    private readonly Contiguous _bytes = new();
    private BodyDecoder _decoder;
    private ReadResult _read;
    private bool _holding;
    private bool _untilClose;
    private int _used;
    private ReadOnlyMemory<byte> _memory;

    public Action? Ready
    {
        set => _input.Ready = value;
    }

    /// <summary>The body has been read to its end.</summary>
    public bool IsDone { get; private set; } = true;

    public void Begin(BodyKind kind, long length)
    {
        _decoder = new BodyDecoder(kind, length);
        _untilClose = kind == BodyKind.UntilClose;
        IsDone = kind == BodyKind.None;
    }

    public SourceStatus TryRead(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        while (true)
        {
            if (_decoder.IsDone)
            {
                Release(examined: false);
                IsDone = true;
                return SourceStatus.Done;
            }
            if (!_holding)
            {
                if (!_input.TryRead(out _read))
                {
                    return SourceStatus.Wait;
                }
                _holding = true;
                _used = 0;
                _memory = _bytes.Hold(_read.Buffer);
            }
            BodyStatus status = _decoder.Next(_memory.Span[_used..], out int consumed, out int length);
            _used += consumed;
            switch (status)
            {
                case BodyStatus.Data:
                    payload = _memory.Slice(_used - length, length);
                    return SourceStatus.Data;
                case BodyStatus.Malformed:
                    Release(examined: false);
                    return SourceStatus.Malformed;
                case BodyStatus.NeedMore:
                    bool ended = _read.IsCompleted;
                    Release(examined: true);
                    if (ended)
                    {
                        return AtEnd();
                    }
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Gives back what a reader that stops early still holds.</summary>
    public void Stop() => Release(examined: false);

    private SourceStatus AtEnd()
    {
        if (!_untilClose || (state?.EndedBadly ?? false))
        {
            return SourceStatus.Truncated;
        }
        IsDone = true;
        return SourceStatus.Done;
    }

    private void Release(bool examined)
    {
        if (!_holding)
        {
            return;
        }
        _holding = false;
        _memory = default;
        SequencePosition consumed = _read.Buffer.GetPosition(_used);
        _input.AdvanceTo(consumed, examined ? _read.Buffer.End : consumed);
        _bytes.Release();
        _read = default;
    }
}
