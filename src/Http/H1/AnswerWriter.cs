using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// The output side of a client's connection: heads and local bodies, and whether the connection can go on after them.
/// Reused from exchange to exchange. Loop-affine.
/// </summary>
internal sealed class AnswerWriter(Exchange exchange, OutputWait output, BodyReader request, LoopShare share)
{
    public BodyWriter Body { get; } = new(output);

    /// <summary>A final head has been written.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The connection ends after this answer.</summary>
    public bool Closes { get; private set; }

    /// <summary>Bytes of the client may still come when it ends.</summary>
    public bool Lingers { get; private set; }

    /// <summary>The client waits with its body to be told to go on.</summary>
    public bool OwesContinue { get; set; }

    /// <summary>The client's bytes cannot be trusted any further.</summary>
    public void RefuseClient() => Closes = Lingers = true;

    public void SendContinue()
    {
        if (OwesContinue)
        {
            OwesContinue = false;
            output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            output.TryFlush();
        }
    }

    /// <summary>Passes a 102 or 103 on.</summary>
    public void SendInformational()
    {
        ResponseHeadWriter.WriteInformational(exchange.Response, share.Scratch);
        output.Write(share.Scratch.Span);
        output.TryFlush();
    }

    /// <summary>The final head, not flushed.</summary>
    public void Begin(ResponseHeadWriter.Origin origin)
    {
        HasBegun = true;
        RequestHead head = exchange.Request;
        bool bodyPending = !request.IsDone;
        bool tooMuchLeft =
            bodyPending
            && (
                OwesContinue
                || (head.Body == BodyKind.Length && head.ContentLength > share.Server.Options.EarlyResponseDrainMax)
            );
        // Bytes that a client sent behind an upgrade that did not happen must never be read as a request.
        Closes |= !head.KeepAlive || share.IsDraining || head.AsksUpgrade || tooMuchLeft;
        // What a client sends behind its last request must not turn the close into a reset that takes the answer away.
        Lingers |= Closes;
        ResponseHeadWriter.Write(exchange, origin, Closes, share.Date, share.Scratch);
        output.Write(share.Scratch.Span);
        Body.Begin(exchange.Response.Body is BodyKind.Chunked or BodyKind.UntilClose);
    }

    /// <summary>The whole answer that the exchange holds, not flushed.</summary>
    public void WriteLocal()
    {
        ResponseHead response = exchange.Response;
        response.ContentLength = exchange.AnswerBody.Length;
        response.Body = response.ContentLength > 0 ? BodyKind.Length : BodyKind.None;
        Begin(ResponseHeadWriter.Origin.Local);
        if (!exchange.Request.IsHead)
        {
            output.Write(exchange.AnswerBody.Span);
            exchange.ResponseBodyBytes = response.ContentLength;
        }
    }

    /// <summary>The 101 of an upgrade; bytes without meaning follow.</summary>
    public void Switch()
    {
        HasBegun = Closes = true;
        ResponseHeadWriter.WriteSwitching(exchange, share.Date, share.Scratch);
        output.Write(share.Scratch.Span);
        Body.Begin(chunked: false);
    }

    public void Reset() => HasBegun = Closes = Lingers = OwesContinue = false;
}
