using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Native;

/// <summary>Process-wide settings that sockets and OpenSSL need.</summary>
internal static unsafe partial class ProcessSettings
{
    private const int BrokenPipe = 13; // SIGPIPE
    private const nint Ignore = 1; // SIG_IGN
    private const int OpenFiles = 7; // RLIMIT_NOFILE

    /// <summary>
    /// The kernel gives the lowest free number, so a descriptor from here on says that few are left. Those belong to the
    /// rest of the process: the runtime aborts it when it cannot open the pipe of a new thread.
    /// </summary>
    public static int AcceptedDescriptorsEnd { get; private set; } = int.MaxValue;

    /// <summary>Dials go on a little longer than accepts, so that clients who are in can be served.</summary>
    public static int DialedDescriptorsEnd { get; private set; } = int.MaxValue;

    /// <summary>OpenSSL writes with write(2): a peer that is gone must be an error and not the end of the process.</summary>
    public static void IgnoreBrokenPipe() => Signal(BrokenPipe, Ignore);

    /// <summary>Raises the soft limit of descriptors to the hard one; returns what is in force.</summary>
    public static long RaiseOpenFiles()
    {
        ulong* limit = stackalloc ulong[2];
        if (GetLimit(OpenFiles, limit) != 0)
        {
            return 0;
        }
        if (limit[0] < limit[1])
        {
            limit[0] = limit[1];
            _ = SetLimit(OpenFiles, limit);
            _ = GetLimit(OpenFiles, limit);
        }
        long open = (long)Math.Min(limit[0], long.MaxValue);
        long spare = Math.Clamp(open / 16, 8, 64);
        AcceptedDescriptorsEnd = (int)Math.Min(open - spare, int.MaxValue);
        DialedDescriptorsEnd = (int)Math.Min(open - (spare / 2), int.MaxValue);
        return open;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limit);
}
