namespace Pomerium.Fast.Transport.Loops;

/// <summary>What a loop does at the end of its turn; work that such work adds still belongs to the turn. Loop-affine.</summary>
internal sealed class TurnEndWork
{
    private List<(Action<object?> Work, object? State)> _next = [];
    private List<(Action<object?> Work, object? State)> _running = [];

    public void Add(Action<object?> work, object? state) => _next.Add((work, state));

    /// <summary>True when there was any.</summary>
    public bool Run()
    {
        bool any = false;
        while (_next.Count > 0)
        {
            any = true;
            (_next, _running) = (_running, _next);
            foreach ((Action<object?> work, object? state) in _running)
            {
                work(state);
            }
            _running.Clear();
        }
        return any;
    }
}
