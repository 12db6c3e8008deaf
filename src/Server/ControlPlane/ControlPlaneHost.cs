using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>
/// Endpoints and pages as an ASP.NET Core application on Kestrel, behind a transport that is given to it: in production
/// the in-memory one, so that every byte from outside has passed the one parser at the edge (architecture 7).
/// </summary>
public sealed class ControlPlaneHost : IAsyncDisposable
{
    private const int HeadBytesMax = 256 * 1024;
    private const int BodyBytesMax = 1024 * 1024;
    private readonly WebApplication _application;
    private readonly Dispatcher _dispatcher;
    private ControlPlaneState? _state;

    private ControlPlaneHost(WebApplication application, ControlPlaneState? state)
    {
        _application = application;
        _dispatcher = new Dispatcher(application.Services.GetRequiredService<ILogger<Dispatcher>>());
        _state = state;
    }

    /// <param name="transport">Makes the listener of <paramref name="endPoint"/>.</param>
    /// <param name="state">Null when it is not known yet: <see cref="Replace"/> gives it before anybody may ask.</param>
    /// <param name="logs">Where its log lines go.</param>
    public static async Task<ControlPlaneHost> StartAsync(
        IConnectionListenerFactory transport,
        EndPoint endPoint,
        ControlPlaneState? state,
        ILoggerFactory logs,
        CancellationToken cancellation
    )
    {
        // Empty: no configuration files, environment or console signals of its own.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, endPoint));
        builder.Services.AddSingleton(transport);
        WebApplication application = builder.Build();
        ControlPlaneHost host = new(application, state);
        RequestDelegate all = http => host._dispatcher.HandleAsync(http, Volatile.Read(ref host._state)!);
        application.Run(all);
        await application.StartAsync(cancellation);
        return host;
    }

    /// <summary>Requests that have begun end under the old configuration.</summary>
    public void Replace(ControlPlaneState next) => Volatile.Write(ref _state, next);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions options, EndPoint endPoint)
    {
        options.AddServerHeader = false;
        // The data path has its own limits in front of these; they must not refuse what it let through.
        options.Limits.MaxRequestLineSize = HeadBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = HeadBytesMax;
        options.Limits.MaxRequestHeaderCount = 1000;
        options.Limits.MaxRequestBodySize = BodyBytesMax;
        options.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(endPoint, static listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>Signals are the process's business, not the control plane's.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
