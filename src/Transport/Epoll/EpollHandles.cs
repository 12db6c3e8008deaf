namespace Pomerium.Fast.Transport.Epoll;

/// <summary>Told when its descriptor's readiness changed.</summary>
internal interface IEpollHandler
{
    void OnReady(uint events);

    /// <summary>Closes what it holds: no event will come any more.</summary>
    void OnLoopEnded();
}

/// <summary>
/// Numbers that stand for handlers inside the kernel. A number carries a generation, so an event of a closed
/// descriptor never reaches the handler that got its place.
/// </summary>
internal sealed class EpollHandles
{
    private readonly Stack<int> _free = new();
    private IEpollHandler?[] _handlers = new IEpollHandler?[64];
    private uint[] _generations = new uint[64];
    private int _used = 1; // 0 is the wake-up

    public int Count { get; private set; }

    public ulong Add(IEpollHandler handler)
    {
        if (!_free.TryPop(out int index))
        {
            index = _used++;
            if (index == _handlers.Length)
            {
                Array.Resize(ref _handlers, index * 2);
                Array.Resize(ref _generations, index * 2);
            }
        }
        _handlers[index] = handler;
        Count++;
        return ((ulong)_generations[index] << 32) | (uint)index;
    }

    public IEpollHandler? Find(ulong handle)
    {
        int index = (int)(uint)handle;
        return _generations[index] == (uint)(handle >> 32) ? _handlers[index] : null;
    }

    /// <summary>Tells all that the loop has ended; they remove themselves.</summary>
    public void End()
    {
        for (int i = 1; i < _used; i++)
        {
            _handlers[i]?.OnLoopEnded();
        }
    }

    public void Remove(ulong handle)
    {
        int index = (int)(uint)handle;
        _handlers[index] = null;
        _generations[index]++;
        _free.Push(index);
        Count--;
    }
}
