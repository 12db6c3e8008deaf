using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Transport.Epoll;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>The control plane's way: a stock Kestrel behind the in-memory listener, dialed from a loop.</summary>
public sealed class KestrelTests
{
    [Fact]
    public async Task Kestrel_answers_over_the_link_and_sees_the_shared_features()
    {
        InMemoryEndPoint place = new("control-plane");
        await using WebApplication app = await StartAsync(place);
        using LoopGroup loops = LoopGroup.Start(1);
        string answer = await OnLoop.Run(
            loops.Loops[0],
            async loop =>
            {
                DialResult dialed = await loop.DialAsync(new DialOptions { EndPoint = place });
                Assert.True(loop.IsCurrent);
                ConnectionContext connection = dialed.Connection!;
                SharedFeatures shared = connection.Features.Get<IInMemoryLinkFeature>()!.Shared;
                string first = await Ask(connection, shared, "one");
                Assert.True(loop.IsCurrent);
                string second = await Ask(connection, shared, "two");
                Assert.True(loop.IsCurrent);
                await connection.DisposeAsync();
                return $"{first}, {second}";
            }
        );
        Assert.Equal("fact one, fact two", answer);
    }

    [Fact]
    public async Task Closing_the_near_end_aborts_the_request()
    {
        InMemoryEndPoint place = new("control-plane");
        TaskCompletionSource started = new();
        TaskCompletionSource aborted = new();
        await using WebApplication app = await StartAsync(
            place,
            async context =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                started.SetResult();
                await aborted.Task;
            }
        );
        using LoopGroup loops = LoopGroup.Start(1);
        await OnLoop.Run(
            loops.Loops[0],
            async loop =>
            {
                DialResult dialed = await loop.DialAsync(new DialOptions { EndPoint = place });
                await dialed.Connection!.Transport.Output.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
                await started.Task;
                loop.Post(
                    static c => ((ConnectionContext)c!).Abort(new ConnectionAbortedException("client gone")),
                    dialed.Connection
                );
                return 0;
            }
        );
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<string> Ask(ConnectionContext connection, SharedFeatures shared, string fact)
    {
        shared.Set(new Fact(fact));
        PipeWriter output = connection.Transport.Output;
        await output.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        StringBuilder text = new();
        while (!text.ToString().EndsWith("fact " + fact, StringComparison.Ordinal))
        {
            ReadResult result = await connection.Transport.Input.ReadAsync();
            text.Append(Encoding.ASCII.GetString(result.Buffer));
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            Assert.False(result.IsCompleted);
        }
        string all = text.ToString();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", all, StringComparison.Ordinal);
        return all[all.IndexOf("fact", StringComparison.Ordinal)..];
    }

    private static async Task<WebApplication> StartAsync(InMemoryEndPoint place, RequestDelegate? handle = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionListenerFactory>(new InMemoryListenerFactory());
        builder.WebHost.ConfigureKestrel(k => k.Listen(place));
        WebApplication app = builder.Build();
        app.Run(handle ?? AnswerFact);
        await app.StartAsync();
        return app;
    }

    private static Task AnswerFact(HttpContext context)
    {
        string text = "fact " + context.Features.Get<Fact>()!.Text;
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private sealed record Fact(string Text);
}
