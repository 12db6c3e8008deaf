using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>The forms of an answer made here, best first where a client likes several the same (routing 14).</summary>
public enum AnswerFormat : byte
{
    Html,
    Json,
    Text,
}

/// <summary>In which form a client wants to be answered.</summary>
public static class AnswerFormats
{
    private static readonly byte[][] Offers =
    [
        [.. "text/html"u8],
        [.. "application/json"u8],
        [.. "text/plain"u8],
    ];

    /// <summary>Nothing that fits, everything (<c>*/*</c>) and no header are HTML (routing 14.1).</summary>
    public static AnswerFormat Of(RequestHead request) =>
        request.Headers.TryGet(KnownHeader.Accept, out ReadOnlySpan<byte> accept) ? Of(accept) : AnswerFormat.Html;

    public static AnswerFormat Of(ReadOnlySpan<byte> accept) =>
        (AnswerFormat)Math.Max(0, AcceptHeader.Best(accept, Offers));

    /// <summary>A person reads it: the client says by name that it takes text, as browsers do and tools do not.</summary>
    public static bool IsBrowser(RequestHead request) =>
        request.Headers.TryGet(KnownHeader.Accept, out ReadOnlySpan<byte> accept)
        && accept.IndexOf("text/"u8) >= 0
        && Of(accept) == AnswerFormat.Html;
}
