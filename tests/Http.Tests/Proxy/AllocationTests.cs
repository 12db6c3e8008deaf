using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Kit.Proxy;
using Pomerium.Fast.Transport.InMemory;

namespace Pomerium.Fast.Http.Tests.Proxy;

/// <summary>The promise of the hot path: an exchange in the steady state allocates nothing, whatever its bodies.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [InlineData(
        "GET /x?y HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    )]
    [InlineData(
        "GET /x HTTP/1.1\r\nHost: a\r\nCookie: b=c; _pomerium=x\r\nConnection: keep-alive\r\nUser-Agent: t\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )]
    [InlineData(
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n"
    )]
    [Theory]
    public void A_proxied_exchange_allocates_nothing(string request, string answer)
    {
        ProxyKit kit = ProxyKit.PausedUpstream();
        using Wire wire = new(kit, request, answer);
        wire.Run(200); // pools, buffers and pipes grow to their size
        // The background jit and the test host may allocate on this thread only in between; the least of a few runs counts.
        long least = long.MaxValue;
        for (int i = 0; i < 3 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            wire.Run(Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(1, kit.Upstream.Count);
    }

    /// <summary>Client and upstream without any garbage of their own.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly ProxyKit _kit;
        private readonly byte[] _request;
        private readonly byte[] _answer;
        private readonly ConnectionContext _client;
        private readonly ConnectionContext _upstream;

        public Wire(ProxyKit kit, string request, string answer)
        {
            _kit = kit;
            _request = Encoding.ASCII.GetBytes(request);
            _answer = Encoding.ASCII.GetBytes(answer);
            kit.Log.Muted = true;
            _client = kit.Connect(paused: true).Connection;
            Write(_client.Transport.Output, _request);
            kit.Loop.RunUntilIdle();
            _upstream = kit.Upstream.Accept().Connection;
            Take(_upstream.Transport.Input);
            Write(_upstream.Transport.Output, _answer);
            kit.Loop.RunUntilIdle();
            Take(_client.Transport.Input);
        }

        public void Run(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                Write(_client.Transport.Output, _request);
                _kit.Loop.RunUntilIdle();
                Take(_upstream.Transport.Input);
                Write(_upstream.Transport.Output, _answer);
                _kit.Loop.RunUntilIdle();
                Take(_client.Transport.Input);
            }
        }

        public void Dispose() => _client.Abort(new ConnectionAbortedException("end of the test"));

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
}
