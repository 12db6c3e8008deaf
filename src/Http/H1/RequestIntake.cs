using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.H1;

/// <summary>From what came in the place of a head to a request in its exchange, or to the reason why it is none.</summary>
internal static class RequestIntake
{
    /// <summary>A TLS hello on a plain listener: no answer of ours would be understood.</summary>
    public static bool IsTls(ReadOnlySpan<byte> came) => !came.IsEmpty && came[0] == 0x16;

    /// <param name="unescape">The client is to ask again for the path in its unescaped form.</param>
    public static FailureKind Read(HeadReader heads, HeadReader.Status status, Exchange exchange, out bool unescape)
    {
        unescape = false;
        return status switch
        {
            HeadReader.Status.Complete => Parse(heads.Head, exchange, out unescape),
            HeadReader.Status.Malformed => FailureKind.MalformedRequest,
            _ => heads.Partial.Contains((byte)'\n') ? FailureKind.HeadTooLarge : FailureKind.TargetTooLong,
        };
    }

    private static FailureKind Parse(ReadOnlySpan<byte> head, Exchange exchange, out bool unescape)
    {
        unescape = false;
        // One empty line before a request line is forgiven (RFC 9112 2.2); a second one meets the parser.
        head = head.StartsWith("\r\n"u8) ? head[2..] : head;
        HttpPipeline pipeline = exchange.Pipeline;
        FailureKind failure = RequestHeadParser.Parse(
            head,
            exchange.Request,
            pipeline.HeadRules,
            out ReadOnlySpan<byte> target
        );
        return failure == FailureKind.None
            ? TargetReader.Read(target, exchange.Request, pipeline.Snapshot.Requests, out unescape)
            : failure;
    }
}
