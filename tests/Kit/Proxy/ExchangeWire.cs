using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Pomerium.Fast.Kit.Proxy;

/// <summary>One client and one upstream that repeat an exchange without any garbage of their own, for measuring.</summary>
public sealed class ExchangeWire : IDisposable
{
    private readonly ProxyKit _kit;
    private readonly byte[] _request;
    private readonly byte[] _answer;
    private readonly ConnectionContext _client;
    private readonly ConnectionContext _upstream;

    public ExchangeWire(string request, string answer)
        : this(ProxyKit.PausedUpstream(), request, answer) { }

    /// <param name="kit">With paused upstreams.</param>
    public ExchangeWire(ProxyKit kit, string request, string answer)
    {
        _kit = kit;
        _request = Encoding.ASCII.GetBytes(request);
        _answer = Encoding.ASCII.GetBytes(answer);
        _kit.Log.Muted = true;
        _client = _kit.Connect(paused: true).Connection;
        Write(_client.Transport.Output, _request);
        _kit.Loop.RunUntilIdle();
        _upstream = _kit.Upstream.Accept().Connection;
        Take(_upstream.Transport.Input);
        Write(_upstream.Transport.Output, _answer);
        _kit.Loop.RunUntilIdle();
        Take(_client.Transport.Input);
    }

    /// <summary>Connections that the proxy has opened to the upstream.</summary>
    public int UpstreamConnections => _kit.Upstream.Count;

    /// <summary>One whole exchange.</summary>
    public void Run()
    {
        Write(_client.Transport.Output, _request);
        _kit.Loop.RunUntilIdle();
        Take(_upstream.Transport.Input);
        Write(_upstream.Transport.Output, _answer);
        _kit.Loop.RunUntilIdle();
        Take(_client.Transport.Input);
    }

    public void Dispose() => _client.Abort(new ConnectionAbortedException("end of the measurement"));

    private static void Write(PipeWriter output, byte[] bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
        ValueTask<FlushResult> flush = output.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("the pipe is full");
        }
        _ = flush.Result;
    }

    private static void Take(PipeReader input)
    {
        if (!input.TryRead(out ReadResult read) || read.Buffer.IsEmpty || read.IsCompleted)
        {
            throw new InvalidOperationException("nothing arrived");
        }
        input.AdvanceTo(read.Buffer.End);
    }
}
