using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Native;

/// <summary>Process-wide settings that sockets and OpenSSL need.</summary>
internal static unsafe partial class ProcessSettings
{
    private const int BrokenPipe = 13; // SIGPIPE
    private const nint Ignore = 1; // SIG_IGN
    private const int OpenFiles = 7; // RLIMIT_NOFILE

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
        return (long)Math.Min(limit[0], long.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limit);
}
