using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Sockets;

/// <summary>Awaited, it carries the caller to the loop's thread, in a turn of its own.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct LoopSwitch(Loop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public LoopSwitch GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => loop.Post(static c => ((Action)c!)(), continuation);
}
