using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Pomerium.Fast.Server.Demo;

/// <summary>
/// A small web site on a free port of 127.0.0.1, for the provider and the app. The socket is bound before the
/// site is built, so the site can know its own address.
/// </summary>
internal sealed class LoopbackSite : IAsyncDisposable
{
    private readonly WebApplication _site;

    private LoopbackSite(WebApplication site, int port)
    {
        _site = site;
        Port = port;
    }

    public int Port { get; }

    public static async Task<LoopbackSite> StartAsync(
        Action<IServiceCollection, int> addServices,
        Action<WebApplication> map,
        CancellationToken cancellation
    )
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint bound = (IPEndPoint)socket.LocalEndPoint!;

        // The empty builder: no settings file or variable of the folder where the demo happens to start takes part.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(bound);
        });
        builder.Services.Configure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = _ => socket
        );
        builder.Services.AddRoutingCore();
        addServices(builder.Services, bound.Port);

        WebApplication site = builder.Build();
        site.Use(LoopbackGuard.Handle);
        map(site);
        await site.StartAsync(cancellation);
        return new LoopbackSite(site, bound.Port);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new(TimeSpan.FromSeconds(1));
        await _site.StopAsync(now.Token);
        await _site.DisposeAsync();
    }
}
