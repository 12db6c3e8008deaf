using System.Buffers;
using System.Text.Json;
using Pomerium.Fast.Auth.Policy;
using Pomerium.Fast.Auth.Policy.Explain;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Server.ControlPlane.Pages;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>Errors for people and programs (identity 7.1, routing 14): text of the status, what happened, and what to do.</summary>
internal sealed class ErrorPages(ILogger log)
{
    /// <summary>The page that the data path asked for.</summary>
    public static Task FromFactsAsync(PageRequest request, ExchangeFacts facts)
    {
        bool explains = facts.Route?.Config.ShowErrorDetails == true;
        Decision? decision = facts.Decision as Decision?;
        string text = facts.StatusText.Length > 0 ? facts.StatusText : StatusWords.Text(facts.Status);
        return WriteAsync(
            request,
            new ErrorModel
            {
                Frame = PageWriter.Frame(request, $"{facts.Status} {text}", facts.Session is not null),
                Status = facts.Status,
                StatusText = text,
                FirstParagraph = request.State.Snapshot.Branding.ErrorMessage,
                Description = facts.Description.Length > 0 ? facts.Description : StatusWords.Description(facts.Status),
                ReasonList = explains && decision is { } shown ? [.. ReasonTexts.Of(shown)] : [],
                NextStep =
                    decision is null ? StatusWords.NextStep(facts.Status)
                    : explains ? ReasonTexts.NextStep(decision.Value)
                    : "",
                Detail = facts.Detail,
                NamesAdministrator = facts.Status is 403 or 450 or 495,
                ShowsUserInfo = facts.Status is 401 or 403,
            },
            internalForm: false
        );
    }

    /// <summary>An error of an endpoint.</summary>
    public Task WriteAsync(PageRequest request, ErrorAnswer error)
    {
        string text = StatusWords.Text(error.Status);
        if (error.Status >= 400)
        {
            log.EndpointError(
                error.Status,
                text,
                request.RequestId,
                error.Cause.Length > 0 ? error.Cause : error.Description
            );
        }
        return WriteAsync(
            request,
            new ErrorModel
            {
                Frame = PageWriter.Frame(request, $"{error.Status} {text}"),
                Status = error.Status,
                StatusText = text,
                FirstParagraph = request.State.Snapshot.Branding.ErrorMessage,
                Description = error.Description,
                NextText = error.Next?.Text ?? "",
                NextUrl = error.Next?.Url ?? "",
                ShowsUserInfo = error.Status is 401 or 403,
            },
            internalForm: true
        );
    }

    public Task WriteAsync(PageRequest request, int status, string description) =>
        WriteAsync(request, new ErrorAnswer(status, description));

    private static Task WriteAsync(PageRequest request, ErrorModel model, bool internalForm)
    {
        AnswerFormat format = AnswerFormats.Of(
            System.Text.Encoding.Latin1.GetBytes(request.Http.Request.Headers.Accept.ToString())
        );
        if (internalForm ? request.Accepts("application/json") : format == AnswerFormat.Json)
        {
            return PageWriter.JsonAsync(
                request,
                model.Status,
                internalForm ? InternalJson(model) : DenialJson(request, model)
            );
        }
        if (format == AnswerFormat.Text)
        {
            string id = request.RequestId.Length > 0 ? $"\nrequest id: {request.RequestId}" : "";
            string reasons = string.Concat(model.Reasons.Select(static r => "\n" + r));
            string next = model.NextStep.Length > 0 ? "\n" + model.NextStep : "";
            return PageWriter.TextAsync(
                request,
                model.Status,
                $"{model.Status} {model.StatusText}\n{model.Description}{reasons}{next}{id}\n"
            );
        }
        ErrorModel shown = model with { Frame = model.Frame with { ShowsRequestId = !model.NamesAdministrator } };
        return PageWriter.PageAsync(request, model.Status, ErrorPage.Create(shown));
    }

    /// <summary>routing 14.2, last paragraph; empty members are left out.</summary>
    private static ReadOnlyMemory<byte> InternalJson(ErrorModel model) =>
        Write(json =>
        {
            json.WriteNumber("Status"u8, model.Status);
            if (model.Description.Length > 0)
            {
                json.WriteString("description"u8, model.Description);
            }
            if (model.Frame.RequestId.Length > 0)
            {
                json.WriteString("RequestID"u8, model.Frame.RequestId);
            }
        });

    private static ReadOnlyMemory<byte> DenialJson(PageRequest request, ErrorModel model) =>
        Write(json =>
        {
            json.WriteString("error"u8, model.StatusText);
            json.WriteString("request_id"u8, request.RequestId);
            if (model.Reasons.Count > 0)
            {
                json.WriteStartArray("reasons"u8);
                foreach (string reason in model.Reasons)
                {
                    json.WriteStringValue(reason);
                }
                json.WriteEndArray();
            }
        });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
