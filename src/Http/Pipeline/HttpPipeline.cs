using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Everything a request needs from one configuration: read once when its head is complete, kept to its end.</summary>
public sealed class HttpPipeline(ConfigSnapshot snapshot, ImmutableArray<IHandler> handlers)
{
    public ConfigSnapshot Snapshot { get; } = snapshot;

    /// <summary>Session, policy, identity, in this order.</summary>
    public ImmutableArray<IHandler> Handlers { get; } = handlers;
}
