using Pomerium.Fast.Transport.Epoll;
using Pomerium.Fast.Transport.Native;

namespace Pomerium.Fast.Transport.Loops;

/// <summary>The loops of the process: started together, ended together.</summary>
public sealed class LoopGroup : IDisposable
{
    private readonly EpollLoop[] _loops;

    private LoopGroup(EpollLoop[] loops) => _loops = loops;

    public IReadOnlyList<Loop> Loops => _loops;

    /// <summary>Descriptors that the process may open; hardening 11.1 wants a warning below 4096.</summary>
    public long OpenFilesMax { get; private init; }

    public static LoopGroup Start(int count)
    {
        ProcessSettings.IgnoreBrokenPipe();
        LoopGroup group = new([.. Enumerable.Range(0, count).Select(static i => new EpollLoop(i))])
        {
            OpenFilesMax = ProcessSettings.RaiseOpenFiles(),
        };
        foreach (EpollLoop loop in group._loops)
        {
            loop.Start();
        }
        return group;
    }

    public void Dispose()
    {
        foreach (EpollLoop loop in _loops)
        {
            loop.Dispose();
        }
    }
}
