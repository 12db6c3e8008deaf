using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.H1;

/// <summary>
/// The client side of HTTP/1.1 on one upstream connection: writes request heads, reads answer heads, and lends its
/// body reader and writer to the relay. One exchange at a time. Loop-affine.
/// </summary>
internal sealed class ClientConnection
{
    private const int InformationalMax = 16;
    private readonly HeadReader _heads;
    private readonly IConnectionStateFeature? _state;
    private int _informational;

    public ClientConnection(ConnectionContext connection)
    {
        _state = connection.Features.Get<IConnectionStateFeature>();
        Input = new InputWait(connection.Transport.Input);
        Output = new OutputWait(connection.Transport.Output);
        _heads = new HeadReader(Input);
        Body = new BodyReader(Input, _state);
        Upload = new BodyWriter(Output);
    }

    public InputWait Input { get; }
    public OutputWait Output { get; }
    public BodyReader Body { get; }
    public BodyWriter Upload { get; }

    /// <summary>Some byte of an answer has come: the request must not be sent again.</summary>
    public bool AnswerBegun { get; private set; }

    /// <summary>Writes the head; not flushed, so that a short body goes with it.</summary>
    public void Begin(ReadOnlySpan<byte> head, BodyKind body)
    {
        AnswerBegun = false;
        _informational = 0;
        Output.Write(head);
        Upload.Begin(body == BodyKind.Chunked);
    }

    /// <summary>
    /// The next head of the answer, informational ones included. False: nothing yet, and the input's Ready follows.
    /// </summary>
    public bool TryReadHead(ResponseHead into, bool toHead, out FailureKind failure)
    {
        failure = FailureKind.None;
        HeadReader.Status status = _heads.TryRead(HeadRules.Default.HeaderBytesMax, HeadRules.Default.RequestLineMax);
        AnswerBegun |= _heads.HasBegun;
        switch (status)
        {
            case HeadReader.Status.Wait:
                return false;
            case HeadReader.Status.Complete:
                into.Reset();
                failure = ResponseHeadParser.Parse(_heads.Head, into, toHead);
                _heads.Consume(_heads.Head.Length);
                AnswerBegun = true;
                if (failure == FailureKind.None && into.Status < 200 && ++_informational > InformationalMax)
                {
                    failure = FailureKind.UpstreamMalformed;
                }
                if (failure == FailureKind.None && into.Status >= 200)
                {
                    Body.Begin(into.Body, into.ContentLength);
                }
                return true;
            case HeadReader.Status.Ended:
                failure = (_state?.EndedBadly ?? false) ? FailureKind.UpstreamReset : FailureKind.UpstreamClosed;
                return true;
            default:
                _heads.Consume(0);
                failure = FailureKind.UpstreamMalformed;
                return true;
        }
    }

    /// <summary>After a whole answer: whether nothing has followed it, so that the connection may carry the next exchange.</summary>
    public bool IsQuiet()
    {
        Detach();
        if (Output.IsBroken || Output.IsFlushing())
        {
            return false;
        }
        if (!Input.TryRead(out ReadResult surplus))
        {
            return true;
        }
        Input.AdvanceTo(surplus.Buffer.Start);
        return false;
    }

    /// <summary>Nobody is told of anything any more.</summary>
    public void Detach()
    {
        Input.Ready = null;
        Output.Ready = null;
    }
}
