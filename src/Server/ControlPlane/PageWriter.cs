using System.Collections.Immutable;
using System.Text;
using Pomerium.Fast.Server.ControlPlane.Pages;
using RazorSlices;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>Writes answers with the headers that every page and internal answer carries (identity 7.2).</summary>
internal static class PageWriter
{
    public static void CommonHeaders(PageRequest request)
    {
        IHeaderDictionary headers = request.Response.Headers;
        headers["x-pomerium-intercepted-response"] = "true";
        headers.CacheControl = "no-cache, must-revalidate";
        headers["referrer-policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";
    }

    /// <param name="formTargets">Other origins to which the redirects after a form of this page may lead.</param>
    public static async Task PageAsync(
        PageRequest request,
        int status,
        RazorSlice page,
        ImmutableArray<string> formTargets = default
    )
    {
        CommonHeaders(request);
        IHeaderDictionary headers = request.Response.Headers;
        string targets = formTargets.IsDefaultOrEmpty
            ? ""
            : " " + string.Join(' ', formTargets.Distinct(StringComparer.Ordinal));
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' https: data:; script-src 'self'; font-src 'self'; "
            + $"connect-src 'self'; form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        string html = await page.RenderAsync(cancellationToken: request.Cancellation);
        await BodyAsync(request, status, "text/html; charset=UTF-8", Encoding.UTF8.GetBytes(html));
    }

    public static Task TextAsync(PageRequest request, int status, string text)
    {
        CommonHeaders(request);
        return BodyAsync(request, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
    }

    public static Task JsonAsync(PageRequest request, int status, ReadOnlyMemory<byte> json)
    {
        CommonHeaders(request);
        return BodyAsync(request, status, "application/json", json);
    }

    public static Task RedirectAsync(PageRequest request, int status, string location)
    {
        CommonHeaders(request);
        request.Response.StatusCode = status;
        request.Response.Headers.Location = location;
        request.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public static async Task BodyAsync(PageRequest request, int status, string type, ReadOnlyMemory<byte> body)
    {
        request.Response.StatusCode = status;
        request.Response.ContentType = type;
        request.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await request.Response.Body.WriteAsync(body, request.Cancellation);
        }
    }

    public static PageFrame Frame(PageRequest request, string title, bool showsMenu = false, string refreshTo = "") =>
        new()
        {
            Title = title,
            Host = request.HostName,
            RequestId = request.RequestId,
            Notice = request.State.Notice,
            ShowsMenu = showsMenu,
            RefreshTo = refreshTo,
            HasBrandStyle = !request.State.Brand.IsEmpty,
            LogoUrl = request.State.Snapshot.Branding.LogoUrl,
            FaviconUrl = request.State.Snapshot.Branding.FaviconUrl,
        };
}
