namespace Pomerium.Fast.Transport.Native;

/// <summary>
/// Linux errno values that the transport tells apart. Rule of this folder: a call that fails returns -1 and the
/// caller reads <see cref="System.Runtime.InteropServices.Marshal.GetLastPInvokeError"/> before anything else runs; of recv
/// and send <see cref="System.Runtime.InteropServices.Marshal.GetLastSystemError"/>.
/// </summary>
internal static class Errno
{
    public const int Intr = 4;
    public const int Again = 11;
    public const int NoFileInProcess = 24; // EMFILE
    public const int NoFileInSystem = 23; // ENFILE
    public const int Pipe = 32;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetUnreachable = 101;
    public const int Aborted = 103; // ECONNABORTED: the client gave up in the backlog
    public const int ConnectionReset = 104;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;
    public const int NotFound = 2; // ENOENT: a Unix socket that is not there
    public const int AccessDenied = 13;
}
