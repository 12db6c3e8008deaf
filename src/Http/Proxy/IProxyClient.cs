using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Tunnels;

namespace Pomerium.Fast.Http.Proxy;

/// <summary>What the proxying needs of the client's side; each codec has its own. Loop-affine.</summary>
internal interface IProxyClient
{
    IBodySource RequestBody { get; }
    IBodySink AnswerBody { get; }

    /// <summary>The upstream is there: a client that waits with its body is told to go on.</summary>
    void SendContinue();

    /// <summary>The request has been read to its end: from now on the client is only watched for going away.</summary>
    void OnRequestRead();

    /// <summary>Writes the head of <see cref="Exchange.Response"/>, not flushed.</summary>
    void BeginAnswer(ResponseHeadWriter.Origin origin);

    /// <summary>Passes a 102 or 103 on.</summary>
    void SendInformational();

    /// <summary>The upstream switched protocols: writes the 101; from here on bytes are opaque.</summary>
    IByteStream Switch();

    /// <summary>The whole answer has been written and taken.</summary>
    void OnProxied();

    /// <summary>Nothing of an answer has been written: answer with the failure.</summary>
    void OnProxyFailed(FailureKind failure);

    /// <summary>An answer that has begun cannot be completed: end it so that nobody takes it for whole.</summary>
    void Cut(FailureKind failure);
}
