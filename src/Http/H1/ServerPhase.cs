namespace Pomerium.Fast.Http.H1;

/// <summary>
/// Where a client's connection stands.
///
/// <code>
///   Head --whole head--> Handling --no upstream--> Answering --flushed--+--> Head (keep-alive, body read)
///    ^                      \--upstream--> Proxying --answer taken------+--> Draining --rest of body--> Head
///    |                                        \--101--> Tunnel          \--> Lingering --> Closed
///   any --timer, peer gone, abort--> Closed
/// </code>
/// </summary>
internal enum ServerPhase : byte
{
    Head,
    Handling,
    Proxying,
    Answering,
    Draining,
    Lingering,
    Tunnel,
    Closed,
}
