using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Kit.Peers;
using Pomerium.Fast.Kit.Wire;
using Pomerium.Fast.Transport.InMemory;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>Both ends on one hand-turned loop, as the tests of the data plane use them.</summary>
public sealed class SameLoopTests
{
    private readonly ManualLoop _loop = new();

    [Fact]
    public void Each_end_reads_what_the_other_wrote()
    {
        (PipePeer client, PipePeer server) = Pair();
        client.Send("hello");
        server.Expect("hello").Send("world");
        client.Expect("world").ExpectOpen();
    }

    [Theory]
    [Wire("GET / HTTP/1.1\r\n")]
    public void Cut_input_arrives_whole(WireInput input)
    {
        (PipePeer client, PipePeer server) = Pair();
        client.Send(input);
        server.Expect(input.Text);
        Assert.Equal(input.Bytes, input.Sequence.FirstSpan.Length == input.Bytes.Length ? input.Bytes : Joined(input));
    }

    [Fact]
    public void Half_close_leaves_the_other_direction_open()
    {
        (PipePeer client, PipePeer server) = Pair();
        client.Send("last words").End();
        server.Expect("last words").ExpectEnd().Send("still heard");
        client.Expect("still heard").ExpectOpen();
    }

    [Fact]
    public void Abort_reaches_both_ends_and_is_told_from_an_end()
    {
        (PipePeer client, PipePeer server) = Pair();
        client.Reset();
        server.ExpectReset();
        client.ExpectReset();
    }

    [Fact]
    public void Disposal_is_an_orderly_end()
    {
        (PipePeer client, PipePeer server) = Pair();
        client.Send("bye").Close();
        server.Expect("bye").ExpectEnd();
        Assert.True(server.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public void Slow_reader_holds_the_writer_back()
    {
        (InMemoryConnection a, InMemoryConnection b) = InMemoryLink.Create(_loop);
        PipePeer client = new(_loop, a);
        PipePeer server = new(_loop, b, paused: true);
        for (int i = 0; i < 100; i++)
        {
            client.Send(new byte[10_000]);
        }
        Assert.False(client.AllSent);
        server.Resume();
        Assert.True(client.AllSent);
        Assert.Equal(1_000_000, server.TakeAll().Length);
    }

    [Fact]
    public void Idle_connection_tells_of_bytes_and_of_the_end_once()
    {
        (InMemoryConnection pooled, InMemoryConnection b) = InMemoryLink.Create(_loop);
        PipePeer far = new(_loop, b);
        int told = 0;
        pooled.IdleEnded = _ => told++;
        _loop.RunUntilIdle();
        Assert.True(pooled.IsQuiet);
        Assert.Equal(0, told);
        far.Send("unasked");
        far.Close();
        Assert.False(pooled.IsQuiet);
        Assert.Equal(1, told);
    }

    [Fact]
    public void Idle_end_before_listening_is_told_too()
    {
        (InMemoryConnection pooled, InMemoryConnection b) = InMemoryLink.Create(_loop);
        new PipePeer(_loop, b).Close();
        bool told = false;
        pooled.IdleEnded = _ => told = true;
        _loop.RunUntilIdle();
        Assert.True(told);
    }

    [Fact]
    public void Asking_for_quiet_takes_nothing_away()
    {
        (InMemoryConnection pooled, InMemoryConnection b) = InMemoryLink.Create(_loop);
        new PipePeer(_loop, b).Send("kept");
        Assert.False(pooled.IsQuiet);
        new PipePeer(_loop, pooled).Expect("kept");
    }

    [Fact]
    public void Dialing_meets_the_listener_of_the_same_place()
    {
        PipePeerListener upstream = new(_loop);
        PipePeer client = PipePeer.Dial(_loop, upstream.EndPoint).Send("ping");
        upstream.Accept().Expect("ping").Send("pong");
        client.Expect("pong");
        Assert.Equal(1, upstream.Count);
    }

    [Fact]
    public async Task Nobody_there_is_refused()
    {
        PipePeerListener upstream = new(_loop);
        upstream.Close();
        DialResult result = await _loop.DialAsync(new DialOptions { EndPoint = upstream.EndPoint });
        Assert.Equal(DialFailure.Refused, result.Failure);
        Assert.Null(result.Connection);
    }

    [Fact]
    public async Task One_place_has_one_listener()
    {
        PipePeerListener upstream = new(_loop);
        await Assert.ThrowsAsync<AddressInUseException>(async () =>
            await _loop.ListenAsync(new ListenerOptions { EndPoint = upstream.EndPoint }, default)
        );
    }

    [Fact]
    public async Task Pending_flush_and_read_are_told_of_an_abort()
    {
        (InMemoryConnection a, InMemoryConnection b) = InMemoryLink.Create(_loop);
        ValueTask<FlushResult> flush = a.Output.WriteAsync(new byte[200_000]);
        ValueTask<ReadResult> read = a.Input.ReadAsync();
        Assert.False(flush.IsCompleted);
        b.Abort(new ConnectionAbortedException("gone"));
        _loop.RunUntilIdle();
        Assert.True((await flush).IsCompleted);
        Assert.True((await read).IsCompleted);
        Assert.True(a.EndedBadly);
    }

    private (PipePeer Client, PipePeer Server) Pair()
    {
        (InMemoryConnection a, InMemoryConnection b) = InMemoryLink.Create(_loop);
        return (new PipePeer(_loop, a), new PipePeer(_loop, b));
    }

    private static byte[] Joined(WireInput input) => [.. input.Parts.SelectMany(static p => p.ToArray())];
}
