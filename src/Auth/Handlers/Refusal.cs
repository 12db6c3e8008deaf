using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Handlers;

/// <summary>
/// Says no in the form that the client understands (routing 14.2). Short forms are made here; pages for people are the
/// control plane's. May allocate.
/// </summary>
internal static class Refusal
{
    private const int Unauthenticated = 401;

    /// <param name="decision">What the page may explain, or null.</param>
    public static Step Answer(Exchange exchange, int status, object? decision)
    {
        string text = TextOf(status);
        switch (ClientKind.FormOf(exchange.Request))
        {
            case AnswerForm.Robots:
                exchange.Answer(200, "text/plain"u8, "User-agent: *\nDisallow: /"u8);
                break;
            case AnswerForm.Kubernetes:
                exchange.Answer(status, "application/json"u8, Kubernetes(status, text));
                break;
            case AnswerForm.Json:
                exchange.Answer(status, "application/json"u8, Json(exchange, text));
                break;
            case AnswerForm.Text:
                exchange.Answer(status, "text/plain; charset=utf-8"u8, Encoding.ASCII.GetBytes(text + "\n"));
                break;
            case AnswerForm.Grpc:
                Grpc(exchange, status, "application/grpc+json"u8, text);
                break;
            case AnswerForm.GrpcWeb:
                Grpc(exchange, status, "application/grpc-web+json"u8, text);
                break;
            default:
                exchange.Facts.Page = PageKind.Error;
                exchange.Facts.Status = status;
                exchange.Facts.StatusText = TitleOf(status);
                exchange.Facts.Description = status is 450 or 495 ? text : "";
                exchange.Facts.Decision = decision;
                return Step.HandOver;
        }
        exchange.Response.Headers.Add("cache-control"u8, "no-cache, must-revalidate"u8);
        exchange.Response.Headers.Add("x-pomerium-intercepted-response"u8, "true"u8);
        return Step.Answered;
    }

    private static string TextOf(int status) =>
        status switch
        {
            Unauthenticated => "Unauthenticated",
            450 =>
                "your device fails to meet the requirements necessary to access this page, please contact your administrator for assistance",
            495 => "a valid client certificate is required to access this page",
            _ => "Forbidden",
        };

    private static string TitleOf(int status) =>
        status switch
        {
            Unauthenticated => "Unauthenticated",
            450 => "Device Unauthorized",
            495 => "Client Certificate Required",
            _ => "Forbidden",
        };

    private static ReadOnlySpan<byte> Json(Exchange exchange, string text)
    {
        ArrayBufferWriter<byte> body = new(128);
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("error"u8, text);
            json.WriteString("request_id"u8, exchange.RequestId.Span);
            json.WriteEndObject();
        }
        return body.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Kubernetes(int status, string text)
    {
        ArrayBufferWriter<byte> body = new(256);
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion"u8, "v1"u8);
            json.WriteNumber("code"u8, status);
            json.WriteString("kind"u8, "Status"u8);
            json.WriteString("message"u8, text);
            json.WriteString("reason"u8, status == 403 ? "Forbidden"u8 : "Unauthorized"u8);
            json.WriteString("status"u8, "Failure"u8);
            json.WriteEndObject();
        }
        return body.WrittenSpan;
    }

    private static void Grpc(Exchange exchange, int status, ReadOnlySpan<byte> type, string text)
    {
        int code = status switch
        {
            Unauthenticated => 16,
            403 => 7,
            _ => 2,
        };
        exchange.Answer(status, type, default);
        exchange.Response.Headers.Add(
            "grpc-status"u8,
            Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture))
        );
        exchange.Response.Headers.Add("grpc-message"u8, Encoding.ASCII.GetBytes(text));
    }
}
