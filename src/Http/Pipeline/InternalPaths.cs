using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Pipeline;

internal enum InternalPath : byte
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

/// <summary>Paths that are ours on every host, and those of the sign-in host; before any route (routing 17).</summary>
internal static class InternalPaths
{
    public static InternalPath Of(RequestHead request, HttpPipeline pipeline)
    {
        if (request.IsConnect)
        {
            return InternalPath.None;
        }
        ReadOnlySpan<byte> path = request.Path;
        InternalPath found = path.Length < 2 ? InternalPath.None : Everywhere(path);
        return found != InternalPath.None || !pipeline.IsAuthenticateHost(request.Authority)
            ? found
            : OnAuthenticateHost(path, pipeline);
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

    private static InternalPath OnAuthenticateHost(ReadOnlySpan<byte> path, HttpPipeline pipeline) =>
        path.SequenceEqual("/"u8) ? InternalPath.Home
        : path.SequenceEqual("/robots.txt"u8) ? InternalPath.Robots
        : path.SequenceEqual(pipeline.CallbackPath) ? InternalPath.ControlPlane
        : InternalPath.None;

    /// <summary>The path itself or something below it, but not <c>/.pomeriumx</c>.</summary>
    private static bool IsUnder(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder) =>
        path.StartsWith(folder) && (path.Length == folder.Length || path[folder.Length] == '/');
}
