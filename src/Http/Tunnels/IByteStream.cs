using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Tunnels;

/// <summary>One end of a tunnel: bytes without meaning both ways, each direction ending by itself. Loop-affine.</summary>
internal interface IByteStream
{
    IBodySource Source { get; }
    IBodySink Sink { get; }

    /// <summary>Half-close: the peer reads the end after what was written.</summary>
    void EndOutput();

    void Close();

    void Abort();
}
