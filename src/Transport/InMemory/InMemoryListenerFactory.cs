using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>
/// Lets a server of the control plane (Kestrel takes its transport from the container) listen inside the process. The
/// server's ends run on the thread pool; the dialing ends stay on their loops.
/// </summary>
public sealed class InMemoryListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is InMemoryEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint is InMemoryEndPoint inMemory
            ? new(new InMemoryListener(inMemory, loop: null))
            : throw new NotSupportedException($"the in-memory transport cannot listen on {endpoint}");
}
