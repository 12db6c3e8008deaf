using System.Net;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Http.Routing;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Http.Messages;

/// <summary>
/// One request and its answer on their way through the pipeline. One per HTTP/1.1 connection (HTTP/2: per stream),
/// reused; loop-affine; everything it shows is valid until it is released.
/// </summary>
public sealed class Exchange
{
    public Exchange(Loop loop, IDownstream downstream)
    {
        Loop = loop;
        Downstream = downstream;
    }

    public Loop Loop { get; }

    /// <summary>The client's connection.</summary>
    public IDownstream Downstream { get; }

    /// <summary>The configuration under which this request runs to its end, also when a reload comes in between.</summary>
    public HttpPipeline Pipeline { get; set; } = null!;

    public RequestHead Request { get; } = new();

    /// <summary>The answer: what a handler made, or what the upstream sent.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>Body of an answer made here; short. Empty while an upstream answers.</summary>
    public ByteBuffer AnswerBody { get; } = new(256);

    /// <summary>Null until matched, and for answers that no route owns.</summary>
    public Route? Route { get; set; }

    /// <summary>
    /// The path is an internal one (routing 17): no route and no policy applies, the control plane answers after the
    /// handlers. <see cref="Route"/> is null. Session handling decides which of these paths need a session.
    /// </summary>
    public bool IsInternal { get; set; }

    /// <summary>What handlers add to or cut from the request that goes upstream.</summary>
    public UpstreamEdits Edits { get; } = new();

    /// <summary>Set-Cookie values that handlers add to whatever answer follows, each a whole header value.</summary>
    public List<byte[]> ResponseCookies { get; } = [];

    /// <summary>Client address after PROXY header and trusted hops (routing 7.4): 16 bytes, IPv4 mapped into IPv6.</summary>
    public ClientAddress ClientAddress { get; set; }

    /// <summary>36 bytes of UUID text, or the trusted incoming value.</summary>
    public ByteBuffer RequestId { get; } = new(64);

    /// <summary>Belongs to the handlers of Auth: the session view of this request, or null.</summary>
    public object? Session { get; set; }

    /// <summary>Values for header templates; null when there is no session.</summary>
    public IIdentityValues? IdentityValues { get; set; }

    /// <summary>Which page the control plane is asked for when a handler returns <see cref="Step.HandOver"/>.</summary>
    public ExchangeFacts Facts { get; } = new();

    /// <summary>Why the exchange failed, if it did.</summary>
    public FailureKind Failure { get; set; }

    /// <summary>Answer detail for the access log, e.g. <c>via_upstream</c>.</summary>
    public ReadOnlyMemory<byte> Detail { get; set; }

    /// <summary>Monotonic milliseconds of the first request byte.</summary>
    public long StartedMs { get; set; }
    public long ResponseBodyBytes { get; set; }

    /// <summary>Set by the pipeline before a handler may return Pending.</summary>
    public Action<Step>? Resumed { get; set; }

    /// <summary>Continues a pending exchange; on the loop only. Other threads go through <see cref="Loop.Post"/>.</summary>
    public void Resume(Step step)
    {
        Loop.AssertCurrent();
        Resumed!(step);
    }

    /// <summary>Begins an answer made here; add headers to <see cref="Response"/> afterwards. The caller returns <see cref="Step.Answered"/>.</summary>
    public void Answer(int status, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        Response.Reset();
        Response.Status = status;
        if (!contentType.IsEmpty)
        {
            Response.Headers.Add(KnownHeader.ContentType, "content-type"u8, contentType);
        }
        AnswerBody.Set(body);
    }

    public void Reset()
    {
        Pipeline = null!;
        Request.Reset();
        Response.Reset();
        AnswerBody.Clear();
        Route = null;
        IsInternal = false;
        Edits.Reset();
        ResponseCookies.Clear();
        ClientAddress = default;
        RequestId.Clear();
        Session = null;
        IdentityValues = null;
        Facts.Reset();
        Failure = FailureKind.None;
        Detail = default;
        StartedMs = 0;
        ResponseBodyBytes = 0;
        Resumed = null;
    }
}

/// <summary>What a handler may know of the client's connection.</summary>
public interface IDownstream
{
    Loop Loop { get; }

    /// <summary>The directly connected peer, or what a trusted PROXY header said.</summary>
    IPEndPoint Peer { get; }

    /// <summary>The address of <see cref="Peer"/>, made once per connection.</summary>
    ClientAddress PeerAddress { get; }

    /// <summary>Null on a plain listener.</summary>
    ITlsFeature? Tls { get; }

    /// <summary>Belongs to the handlers of Auth: what they remember of this connection between requests.</summary>
    object? AuthMemory { get; set; }
}
