using System.Buffers;
using System.Text.Json;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

/// <summary>The documents under <c>/.well-known/pomerium</c>, open to scripts of every origin (identity 1.1, 6.6; routing 17).</summary>
internal static class WellKnown
{
    private const string Caching = "max-age=60";

    public static Task DocumentAsync(PageRequest request)
    {
        if (Begin(request))
        {
            return Task.CompletedTask;
        }
        string origin = "https://" + request.Authority;
        ArrayBufferWriter<byte> buffer = new(512);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("issuer"u8, origin + "/");
            json.WriteString(
                "authentication_callback_endpoint"u8,
                request.State.Flow.Settings.AuthenticateOrigin + request.State.Snapshot.Identity.CallbackPath
            );
            json.WriteString("jwks_uri"u8, origin + "/.well-known/pomerium/jwks.json");
            json.WriteString("frontchannel_logout_uri"u8, origin + "/.pomerium/sign_out");
            json.WriteEndObject();
        }
        return PageWriter.BodyAsync(request, 200, "application/json", buffer.WrittenMemory);
    }

    public static Task JwksAsync(PageRequest request) =>
        Begin(request)
            ? Task.CompletedTask
            : Tagged.WriteAsync(
                request,
                "application/json",
                request.State.Keys.JwksJson,
                request.State.Keys.ETag,
                Caching
            );

    public static Task HpkeAsync(PageRequest request) =>
        Begin(request)
            ? Task.CompletedTask
            : Tagged.WriteAsync(
                request,
                "application/octet-stream",
                request.State.HpkePublicKey,
                Tagged.TagOf(request.State.HpkePublicKey),
                Caching
            );

    /// <summary>CORS without credentials; true when a preflight was answered.</summary>
    private static bool Begin(PageRequest request)
    {
        IHeaderDictionary headers = request.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsOptions(request.Method))
        {
            return false;
        }
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = "*";
        request.Response.StatusCode = 204;
        return true;
    }
}
