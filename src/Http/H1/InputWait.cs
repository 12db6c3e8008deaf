using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Reading from a pipe without an async state machine: a read is tried, and what must wait is told through one
/// delegate that its consumers hand to each other. A read that waits belongs to the pipe and not to a consumer, so an
/// exchange may end while one is under way. Loop-affine.
/// </summary>
internal sealed class InputWait
{
    private readonly PipeReader _reader;
    private readonly Action _completed;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _awaiter;
    private bool _waiting;

    public InputWait(PipeReader reader)
    {
        _reader = reader;
        _completed = OnCompleted;
    }

    /// <summary>Called when a read that <see cref="TryRead"/> began has something; then try again.</summary>
    public Action? Ready { get; set; }

    /// <summary>False: nothing yet, and <see cref="Ready"/> follows.</summary>
    public bool TryRead(out ReadResult result)
    {
        if (_waiting)
        {
            if (!_awaiter.IsCompleted)
            {
                result = default;
                return false;
            }
            _waiting = false;
            result = _awaiter.GetResult();
            return true;
        }
        // Consumed exactly once: here, or by the call that finds it complete.
#pragma warning disable CA2012
        _awaiter = _reader.ReadAsync().ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        if (_awaiter.IsCompleted)
        {
            result = _awaiter.GetResult();
            return true;
        }
        _waiting = true;
        result = default;
        _awaiter.UnsafeOnCompleted(_completed);
        return false;
    }

    public void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _reader.AdvanceTo(consumed, examined);

    private void OnCompleted() => Ready?.Invoke();
}
