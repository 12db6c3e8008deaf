using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pomerium.Fast.Transport.Native;

/// <summary>Calls on any descriptor.</summary>
internal static unsafe partial class Descriptor
{
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* into, nint length);

    /// <summary>Not on a number that another thread closed and the kernel gave to someone else.</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint WriteSafely(SafeFileHandle descriptor, void* from, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);
}
