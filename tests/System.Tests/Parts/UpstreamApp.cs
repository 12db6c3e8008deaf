using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pomerium.Fast.Parts;

/// <summary>
/// The app behind the proxy: tells the request as it arrived, as JSON. <c>/slow?ms=</c> waits first, <c>/stream</c>
/// sends ten lines, <c>/ws</c> echoes, <c>/echo</c> returns the body.
/// </summary>
public sealed class UpstreamApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private UpstreamApp(WebApplication app)
    {
        _app = app;
        string address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        Address = address;
    }

    public string Address { get; }

    public static async Task<UpstreamApp> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Map("/ws", EchoSocketAsync);
        app.Map("/echo", static context => context.Request.Body.CopyToAsync(context.Response.Body));
        app.Map("/stream", StreamAsync);
        app.Map(
            "/slow",
            static async context =>
            {
                int ms = int.Parse(context.Request.Query["ms"].ToString(), CultureInfo.InvariantCulture);
                await Task.Delay(ms, context.RequestAborted);
                await TellAsync(context);
            }
        );
        app.Map("/{**path}", TellAsync);
        await app.StartAsync();
        return new UpstreamApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static Task TellAsync(HttpContext context)
    {
        JsonObject headers = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            headers[name.ToLowerInvariant()] = new JsonArray([.. values.Select(static v => (JsonNode?)v)]);
        }
        JsonObject told = new()
        {
            ["method"] = context.Request.Method,
            ["path"] = context.Request.Path + context.Request.QueryString,
            ["headers"] = headers,
        };
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(told.ToJsonString());
    }

    private static async Task StreamAsync(HttpContext context)
    {
        for (int i = 0; i < 10; i++)
        {
            await context.Response.WriteAsync($"line {i.ToString(CultureInfo.InvariantCulture)}\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(50);
        }
    }

    private static async Task EchoSocketAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, context.RequestAborted);
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
}

/// <summary>What an <see cref="UpstreamApp"/> told.</summary>
public sealed class ToldRequest(JsonElement told)
{
    public string Method => told.GetProperty("method").GetString()!;
    public string Path => told.GetProperty("path").GetString()!;

    /// <summary>The one value of the header, or null when it did not arrive.</summary>
    public string? Header(string name) =>
        Headers(name) switch
        {
            [] => null,
            [string one] => one,
            string[] many => throw new InvalidOperationException($"{name} arrived {many.Length} times"),
        };

    public string[] Headers(string name) =>
        told.GetProperty("headers").TryGetProperty(name.ToLowerInvariant(), out JsonElement values)
            ? [.. values.EnumerateArray().Select(static v => v.GetString()!)]
            : [];

    public IEnumerable<string> Names => told.GetProperty("headers").EnumerateObject().Select(static p => p.Name);

    public static async Task<ToldRequest> ReadAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {text}");
        return new ToldRequest(JsonDocument.Parse(text).RootElement);
    }
}
