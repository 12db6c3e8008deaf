using System.Text;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

public enum InternalPath : byte
{
    /// <summary>A user's path.</summary>
    None,

    /// <summary><c>/ping</c>, <c>/healthz</c>, <c>/.pomerium/ping</c>: answered here.</summary>
    Ping,

    /// <summary><c>/</c> of the sign-in host: to the user-info page.</summary>
    Home,
    Robots,
    ControlPlane,
}

/// <summary>
/// Ours or the routes'? Paths that are ours on every host, and those of the sign-in host, come before any route
/// (routing 17). Compared byte by byte on the normalised path, so nothing that is spelled otherwise is one of them.
/// Asked once a request; the answer stays on the exchange.
/// </summary>
public sealed class InternalPaths(ConfigSnapshot snapshot)
{
    private readonly AuthenticateHosts _authenticate = new(snapshot);
    private readonly byte[] _callback = Encoding.ASCII.GetBytes(snapshot.Identity.CallbackPath);

    public InternalPath Of(RequestHead request)
    {
        if (request.IsConnect)
        {
            return InternalPath.None;
        }
        ReadOnlySpan<byte> path = request.Path;
        InternalPath found = path.Length < 2 ? InternalPath.None : Everywhere(path);
        return found != InternalPath.None || !_authenticate.Include(request.Authority)
            ? found
            : OnAuthenticateHost(path);
    }

    private static InternalPath Everywhere(ReadOnlySpan<byte> path)
    {
        switch (path[1])
        {
            case (byte)'p' when path.SequenceEqual("/ping"u8):
            case (byte)'h' when path.SequenceEqual("/healthz"u8):
            case (byte)'.' when path.SequenceEqual("/.pomerium/ping"u8):
                return InternalPath.Ping;
            case (byte)'.' when IsUnder(path, "/.pomerium"u8) || IsUnder(path, "/.well-known/pomerium"u8):
                return InternalPath.ControlPlane;
            default:
                return InternalPath.None;
        }
    }

    private InternalPath OnAuthenticateHost(ReadOnlySpan<byte> path) =>
        path.SequenceEqual("/"u8) ? InternalPath.Home
        : path.SequenceEqual("/robots.txt"u8) ? InternalPath.Robots
        : path.SequenceEqual(_callback) ? InternalPath.ControlPlane
        : InternalPath.None;

    /// <summary>The path itself or something below it, but not <c>/.pomeriumx</c>.</summary>
    private static bool IsUnder(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder) =>
        path.StartsWith(folder) && (path.Length == folder.Length || path[folder.Length] == '/');
}
