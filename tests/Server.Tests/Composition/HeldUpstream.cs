using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>An application on loopback: says what it received, and holds <c>/held</c> until it is let go.</summary>
internal sealed class HeldUpstream : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HeldUpstream(WebApplication application) => _application = application;

    public int Port => new Uri(_application.Urls.First()).Port;
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Header lines of the last request, in their order, as <c>Name: value</c>.</summary>
    public IReadOnlyList<string> Received { get; private set; } = [];

    public static async Task<HeldUpstream> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static o => o.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        HeldUpstream upstream = new(application);
        application.Run(upstream.AnswerAsync);
        await application.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        return _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Received = [.. context.Request.Headers.SelectMany(static h => h.Value.Select(v => $"{h.Key}: {v}"))];
        if (context.Request.Path == "/held")
        {
            Held.TrySetResult();
            await Release.Task;
        }
        await context.Response.WriteAsync("hello");
    }
}
