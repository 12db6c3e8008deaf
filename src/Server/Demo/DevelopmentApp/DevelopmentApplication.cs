using System.Globalization;
using System.Net.Mime;
using System.Net.WebSockets;
using System.Text.Json;
using Pomerium.Fast.Server.Demo.Pages;

namespace Pomerium.Fast.Server.Demo.DevelopmentApp;

/// <summary>The app behind the proxy: shows each request as it arrives, and who sent it by the proxy's word.</summary>
internal sealed class DevelopmentApplication : IAsyncDisposable
{
    private const string AssertionHeader = "X-Pomerium-Jwt-Assertion";
    private readonly LoopbackSite _site;

    private DevelopmentApplication(LoopbackSite site) => _site = site;

    public Uri Address => new($"http://127.0.0.1:{_site.Port}");

    public static async Task<DevelopmentApplication> StartAsync(
        AssertionCheck check,
        DemoHosts hosts,
        CancellationToken cancellation
    ) =>
        new(
            await LoopbackSite.StartAsync(
                static (_, _) => { },
                app =>
                {
                    app.UseWebSockets();
                    app.Map("/ws", EchoAsync);
                    app.Map("/sse", CountAsync);
                    app.Map("/{**path}", context => ShowAsync(context, check, hosts));
                },
                cancellation
            )
        );

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private static async Task ShowAsync(HttpContext context, AssertionCheck check, DemoHosts hosts)
    {
        HttpRequest request = context.Request;
        ReceivedRequest received = new()
        {
            Method = request.Method,
            Path = request.Path.ToUriComponent() + request.QueryString.ToUriComponent(),
            Headers = Headers(request.Headers),
            Identity = await check.ReadAsync(request.Headers[AssertionHeader], context.RequestAborted),
        };
        if (request.Headers.Accept.ToString().Contains(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers["Content-Security-Policy"] =
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
            IResult page = Received.Create(new ReceivedModel(received, hosts));
            await page.ExecuteAsync(context);
            return;
        }
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await JsonSerializer.SerializeAsync(
            context.Response.BodyWriter,
            received,
            DemoJson.Default.ReceivedRequest,
            context.RequestAborted
        );
    }

    private static List<ReceivedHeader> Headers(IHeaderDictionary headers)
    {
        List<ReceivedHeader> list = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in headers)
        {
            bool identity = name.StartsWith("X-Pomerium-", StringComparison.OrdinalIgnoreCase);
            foreach (string? value in values)
            {
                list.Add(new ReceivedHeader(name, value ?? "", identity));
            }
        }
        list.Sort(
            static (a, b) =>
                a.IsIdentity != b.IsIdentity
                    ? b.IsIdentity.CompareTo(a.IsIdentity)
                    : string.CompareOrdinal(a.Name, b.Name)
        );
        return list;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            await context.Response.WriteAsync("Open this address as a WebSocket: it sends back what it gets.\n");
            return;
        }
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }
            await socket.SendAsync(
                buffer.AsMemory(0, got.Count),
                got.MessageType,
                got.EndOfMessage,
                context.RequestAborted
            );
        }
    }

    /// <summary>One event a second, ten in all.</summary>
    private static async Task CountAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        for (int i = 1; i <= 10; i++)
        {
            await context.Response.WriteAsync(
                string.Create(CultureInfo.InvariantCulture, $"id: {i}\ndata: tick {i} of 10\n\n"),
                context.RequestAborted
            );
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
        }
    }
}
