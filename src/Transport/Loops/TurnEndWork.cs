namespace Pomerium.Fast.Transport.Loops;

/// <summary>
/// What a loop does at the end of its turn; work that such work adds still belongs to the turn. When one throws, the
/// next <see cref="Run"/> goes on behind it. Loop-affine.
/// </summary>
internal sealed class TurnEndWork
{
    private List<(Action<object?> Work, object? State)> _next = [];
    private List<(Action<object?> Work, object? State)> _running = [];
    private int _at;

    public void Add(Action<object?> work, object? state) => _next.Add((work, state));

    /// <summary>True when there was any.</summary>
    public bool Run()
    {
        bool any = false;
        while (true)
        {
            while (_at < _running.Count)
            {
                any = true;
                (Action<object?> work, object? state) = _running[_at++];
                work(state);
            }
            _running.Clear();
            _at = 0;
            if (_next.Count == 0)
            {
                return any;
            }
            (_next, _running) = (_running, _next);
        }
    }
}
