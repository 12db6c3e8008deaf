using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Native;

/// <summary>socket(2) and its family; values are Linux's.</summary>
internal static unsafe partial class NativeSocket
{
    public const int Stream = 1;
    public const int NonBlockingCloseOnExec = 0x80800;
    public const int NoSignal = 0x4000;
    public const int More = 0x8000;
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int LevelIPv6 = 41;
    public const int ReuseAddress = 2;
    public const int ErrorOption = 4;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int NoDelay = 1;
    public const int V6Only = 26;
    public const int ShutdownWrite = 1;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Create(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    /// <summary>
    /// Its errno is read by <see cref="Marshal.GetLastSystemError"/> at once and only after a failure: keeping it for
    /// every call costs more than the call's way into native code.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, byte* into, nint length, int flags);

    /// <inheritdoc cref="Receive"/>
    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int descriptor, byte* from, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int Name(int descriptor, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOptionRaw(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOptionRaw(int descriptor, int level, int option, void* value, int* length);

    public static int SetOption(int descriptor, int level, int option, int value) =>
        SetOptionRaw(descriptor, level, option, &value, sizeof(int));

    /// <summary>Close will send RST: bytes that were promised cannot come.</summary>
    public static void CloseWithReset(int descriptor)
    {
        long onZeroSeconds = 1; // struct linger { int l_onoff = 1; int l_linger = 0; }
        SetOptionRaw(descriptor, LevelSocket, Linger, &onZeroSeconds, sizeof(long));
    }

    /// <summary>The pending error of a non-blocking connect; 0 is success.</summary>
    public static int PendingError(int descriptor)
    {
        int error = 0;
        int length = sizeof(int);
        return GetOptionRaw(descriptor, LevelSocket, ErrorOption, &error, &length) < 0
            ? Marshal.GetLastPInvokeError()
            : error;
    }
}
