using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Native;

/// <summary>epoll(7) and eventfd(2).</summary>
internal static unsafe partial class Poll
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int Add = 1;
    public const int Delete = 2;
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint ReadHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    /// <summary>struct epoll_event is packed on x64 and naturally aligned elsewhere: 12 or 16 bytes.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int DataOffset = EventSize - sizeof(ulong);

    public static uint Events(byte* at) => *(uint*)at;

    public static ulong Data(byte* at) => Read(at + DataOffset);

    public static int Control(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        byte* record = stackalloc byte[16];
        *(uint*)record = events;
        Write(record + DataOffset, data);
        return ControlRaw(epoll, operation, descriptor, record);
    }

    private static ulong Read(byte* at) => System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ulong>(at);

    private static void Write(byte* at, ulong value) =>
        System.Runtime.CompilerServices.Unsafe.WriteUnaligned(at, value);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int ControlRaw(int epoll, int operation, int descriptor, byte* record);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int epoll, byte* events, int capacity, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);
}
