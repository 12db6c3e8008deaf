using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>The answer to a failure, by the failure table and by what the client takes (routing 14.1). Loop-affine only through the exchange.</summary>
internal static class FailureAnswers
{
    /// <summary>Writes down what went wrong; the status only while none has been sent.</summary>
    public static FailureRow Note(Exchange exchange, FailureKind failure, bool answerBegun)
    {
        FailureRow row = FailureTable.Of(failure);
        exchange.Failure = failure;
        exchange.Detail = row.DetailBytes;
        if (!answerBegun)
        {
            exchange.Response.Status = row.Status;
        }
        return row;
    }

    /// <summary>A browser is shown the control plane's page; everybody else gets a short answer from here.</summary>
    public static bool WantsPage(Exchange exchange, FailureRow row) =>
        IsFlagged(row)
        && !row.ClosesDownstream
        && !IsGrpc(exchange.Request)
        && AnswerFormats.IsBrowser(exchange.Request);

    public static void AskForPage(Exchange exchange, FailureRow row)
    {
        ExchangeFacts facts = exchange.Facts;
        facts.Page = PageKind.Error;
        facts.Status = row.Status;
        facts.StatusText = StatusText.Of(row.Status);
        facts.Detail = row.Detail;
    }

    public static void Make(Exchange exchange, FailureRow row)
    {
        exchange.Answer(row.Status, default, default);
        HeaderBlock headers = exchange.Response.Headers;
        ByteBuffer body = exchange.AnswerBody;
        if (row.Flag is "UAEX" || row.Status == 408)
        {
            return; // an empty body (routing 14.1)
        }
        if (!IsFlagged(row))
        {
            headers.Add(KnownHeader.ContentType, "content-type"u8, "text/plain; charset=UTF-8"u8);
            body.Append(ReasonOf(row.Status));
            return;
        }
        if (IsGrpc(exchange.Request))
        {
            headers.Add(KnownHeader.ContentType, "content-type"u8, "application/grpc+json; charset=UTF-8"u8);
            headers.Add(KnownHeader.Other, "grpc-status"u8, row.GrpcStatusBytes);
            headers.Add(KnownHeader.Other, "grpc-message"u8, GrpcName(row.GrpcStatus));
            WriteFacts(exchange, row, body);
            return;
        }
        switch (AnswerFormats.Of(exchange.Request))
        {
            case AnswerFormat.Json:
                headers.Add(KnownHeader.ContentType, "content-type"u8, "application/json; charset=UTF-8"u8);
                WriteFacts(exchange, row, body);
                break;
            case AnswerFormat.Text:
                headers.Add(KnownHeader.ContentType, "content-type"u8, "text/plain; charset=UTF-8"u8);
                WriteFacts(exchange, row, body);
                break;
            default:
                headers.Add(KnownHeader.ContentType, "content-type"u8, "text/html; charset=UTF-8"u8);
                WriteHtml(exchange, row, body);
                break;
        }
        headers.Add(KnownHeader.Other, "x-pomerium-intercepted-response"u8, "true"u8);
    }

    private static bool IsFlagged(FailureRow row) => row.Flag.Length > 0 && row.Flag is not "DPE";

    public static bool IsGrpc(RequestHead request) =>
        request.Headers.TryGet(KnownHeader.ContentType, out ReadOnlySpan<byte> type)
        && type.StartsWith("application/grpc"u8);

    /// <summary>JSON and plain text are the same text, with two blanks of indent and the status as a string.</summary>
    private static void WriteFacts(Exchange exchange, FailureRow row, ByteBuffer body)
    {
        body.Append("{\n  \"requestId\": \""u8);
        WriteId(exchange, body);
        body.Append("\",\n  \"status\": \""u8);
        DecimalText.Append(row.Status, body);
        body.Append("\",\n  \"statusText\": \""u8);
        body.Append(row.DetailBytes);
        body.Append("\"\n}\n"u8);
    }

    /// <summary>For clients that named no type; a browser's page is made elsewhere.</summary>
    private static void WriteHtml(Exchange exchange, FailureRow row, ByteBuffer body)
    {
        body.Append("<!doctype html>\n<html lang=\"en\">\n<title>"u8);
        WriteTitle(row, body);
        body.Append("</title>\n<h1>"u8);
        WriteTitle(row, body);
        body.Append("</h1>\n<p>"u8);
        body.Append(row.WordsBytes);
        if (row.NextStepBytes.Length > 0)
        {
            body.Append("</p>\n<p>"u8);
            body.Append(row.NextStepBytes);
        }
        body.Append("</p>\n<p>Request id <code>"u8);
        WriteId(exchange, body);
        body.Append("</code>, <code>"u8);
        body.Append(row.DetailBytes);
        body.Append("</code></p>\n</html>\n"u8);
    }

    private static void WriteTitle(FailureRow row, ByteBuffer body)
    {
        DecimalText.Append(row.Status, body);
        body.Append(" "u8);
        body.Append(ReasonOf(row.Status));
    }

    /// <summary>The id may be a trusted client's own text: only what needs no escaping anywhere is shown.</summary>
    private static void WriteId(Exchange exchange, ByteBuffer body)
    {
        foreach (byte b in exchange.RequestId.Span)
        {
            bool plain = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.';
            body.Append([plain ? b : (byte)'?']);
        }
    }

    /// <summary>Cut out of the status line: <c>HTTP/1.1 404 Not Found</c> and its CRLF.</summary>
    private static ReadOnlySpan<byte> ReasonOf(int status) => StatusText.Line(status)[13..^2];

    private static ReadOnlySpan<byte> GrpcName(int status) =>
        status switch
        {
            1 => "Canceled"u8,
            3 => "InvalidArgument"u8,
            4 => "DeadlineExceeded"u8,
            5 => "NotFound"u8,
            7 => "PermissionDenied"u8,
            8 => "ResourceExhausted"u8,
            13 => "Internal"u8,
            14 => "Unavailable"u8,
            _ => "Unknown"u8,
        };
}
