using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>In which form a client wants to hear no (routing 14.2); the first that applies.</summary>
internal enum AnswerForm : byte
{
    Kubernetes,
    Robots,
    Json,
    Grpc,
    GrpcWeb,
    Text,
    Html,
}

/// <summary>What kind of client asks, told from its head.</summary>
internal static class ClientKind
{
    private static readonly byte[][] RedirectOffers =
    [
        .. new[]
        {
            "text/html",
            "application/json",
            "text/plain",
            "application/grpc-web-text",
            "application/grpc-web+proto",
            "application/grpc+proto",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>A browser navigation may be sent to sign-in; programs get 401 (routing 14.3).</summary>
    public static bool MayRedirect(RequestHead head)
    {
        if (IsGrpc(head, out _) || PresentedToken.IsIn(head))
        {
            return false;
        }
        return !head.Headers.TryGet(KnownHeader.Accept, out ReadOnlySpan<byte> accept)
            || AcceptHeader.Best(accept, RedirectOffers) is 0 or -1;
    }

    public static AnswerForm FormOf(RequestHead head)
    {
        if (
            head.Headers.TryGet(KnownHeader.UserAgent, out ReadOnlySpan<byte> agent)
            && agent.IndexOf("kubernetes/"u8) >= 0
        )
        {
            return AnswerForm.Kubernetes;
        }
        if (head.Path.SequenceEqual("/robots.txt"u8))
        {
            return AnswerForm.Robots;
        }
        AnswerFormat format = AnswerFormats.Of(head);
        if (format == AnswerFormat.Json)
        {
            return AnswerForm.Json;
        }
        if (IsGrpc(head, out bool web))
        {
            return web ? AnswerForm.GrpcWeb : AnswerForm.Grpc;
        }
        return format == AnswerFormat.Text ? AnswerForm.Text : AnswerForm.Html;
    }

    private static bool IsGrpc(RequestHead head, out bool web)
    {
        web = false;
        if (!head.Headers.TryGet(KnownHeader.ContentType, out ReadOnlySpan<byte> type))
        {
            return false;
        }
        int end = type.IndexOf((byte)';');
        type = (end < 0 ? type : type[..end]).TrimEnd((byte)' ');
        web = Is(type, "application/grpc-web-text"u8) || Starts(type, "application/grpc-web+"u8);
        return web || Is(type, "application/grpc"u8) || Starts(type, "application/grpc+"u8);
    }

    private static bool Is(ReadOnlySpan<byte> type, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(type, name);

    private static bool Starts(ReadOnlySpan<byte> type, ReadOnlySpan<byte> prefix) =>
        type.Length >= prefix.Length && Ascii.EqualsIgnoreCase(type[..prefix.Length], prefix);
}
