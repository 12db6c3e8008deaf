using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Behaviour;

/// <summary>What holds for a connection of every transport, plain and with TLS.</summary>
public sealed class ByteFlowTests
{
    private static readonly Authority Ca = new();

    public static TheoryData<TransportKind, bool> Kinds => Transports.PlainAndTls;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Echo_comes_back_on_the_loop(TransportKind kind, bool tls)
    {
        await using Rig rig = await Start(kind, tls, Rig.Echo);
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            for (int i = 0; i < 100; i++)
            {
                await Rig.Send(connection, $"message {i:000}");
                Assert.Equal($"message {i:000}", await Rig.Take(connection, 11));
                Assert.True(loop.IsCurrent);
            }
            Assert.Same(loop, connection.Features.Get<ILoopFeature>()!.Loop);
            await connection.DisposeAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Megabytes_both_ways_arrive_in_order(TransportKind kind, bool tls)
    {
        const int Total = 8 * 1024 * 1024;
        byte[] sent = new byte[Total];
        new Random(7).NextBytes(sent);
        await using Rig rig = await Start(kind, tls, Rig.Echo);
        byte[] received = await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            Task writing = WriteAll(connection, sent);
            ArrayBufferWriter<byte> arrived = new(Total);
            while (true)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    arrived.Write(part.Span);
                }
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
            await writing;
            Assert.False(connection.Features.Get<IConnectionStateFeature>()!.EndedBadly);
            return arrived.WrittenSpan.ToArray();
        });
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Half_close_is_read_as_the_end_and_the_answer_still_comes(TransportKind kind, bool tls)
    {
        await using Rig rig = await Start(
            kind,
            tls,
            async c =>
            {
                string all = await Rig.TakeAll(c);
                await Rig.Send(c, "got " + all);
                await c.DisposeAsync();
            }
        );
        string answer = await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            await Rig.Send(connection, "question");
            await connection.Transport.Output.CompleteAsync();
            string all = await Rig.TakeAll(connection);
            Assert.False(connection.Features.Get<IConnectionStateFeature>()!.EndedBadly);
            return all;
        });
        Assert.Equal("got question", answer);
    }

    /// <summary>The end is said while the other side's bytes (TLS 1.3: tickets) are on their way: neither loses the other.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Many_half_closes_at_once_all_end(TransportKind kind, bool tls)
    {
        const int Connections = 200;
        await using Rig rig = await Start(
            kind,
            tls,
            async c =>
            {
                string all = await Rig.TakeAll(c);
                await Rig.Send(c, "got " + all);
                await c.DisposeAsync();
            }
        );
        string[] answers = await rig.On(loop =>
            Task.WhenAll(
                Enumerable
                    .Range(0, Connections)
                    .Select(async i =>
                    {
                        ConnectionContext connection = await Dial(rig, loop, tls);
                        await Rig.Send(connection, $"{i}");
                        await connection.Transport.Output.CompleteAsync();
                        string all = await Rig.TakeAll(connection);
                        Assert.False(connection.Features.Get<IConnectionStateFeature>()!.EndedBadly);
                        await connection.DisposeAsync();
                        return all;
                    })
            )
        );
        Assert.Equal(Enumerable.Range(0, Connections).Select(static i => $"got {i}"), answers);
    }

    /// <summary>Bytes and end in one edge: a reader that waits for another one would wait for ever.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bytes_and_end_that_came_together_are_both_seen(TransportKind kind, bool tls)
    {
        TaskCompletionSource<ConnectionContext> accepted = new();
        await using Rig rig = await Start(
            kind,
            tls,
            c =>
            {
                accepted.SetResult(c);
                return Task.CompletedTask;
            }
        );
        ConnectionContext client = await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            await Rig.Send(connection, "both");
            await connection.DisposeAsync();
            return connection;
        });
        ConnectionContext server = await accepted.Task;
        await Task.Delay(50);
        Assert.Equal("both", await rig.On(async _ => await Rig.TakeAll(server)));
        Assert.NotSame(client, server);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Reset_is_told_from_an_end(TransportKind kind, bool tls)
    {
        TaskCompletionSource accepted = new();
        TaskCompletionSource<bool> badly = new();
        await using Rig rig = await Start(
            kind,
            tls,
            async c =>
            {
                // A reset before the server's side of the handshake is done ends a connection that nobody was told of.
                accepted.SetResult();
                await Rig.TakeAll(c);
                badly.SetResult(c.Features.Get<IConnectionStateFeature>()!.EndedBadly);
            }
        );
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            await accepted.Task;
            await Rig.Send(connection, "x");
            connection.Abort(new ConnectionAbortedException("test"));
        });
        Assert.True(await badly.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Abort_tells_who_waits_on_this_side(TransportKind kind, bool tls)
    {
        await using Rig rig = await Start(kind, tls, static _ => Task.CompletedTask);
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            Task<ReadResult> read = connection.Transport.Input.ReadAsync().AsTask();
            Task<FlushResult> flush = connection.Transport.Output.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();
            Assert.False(flush.IsCompleted);
            connection.Abort(new ConnectionAbortedException("test"));
            Assert.True((await read).IsCompleted);
            Assert.True((await flush).IsCompleted);
            await connection.DisposeAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Slow_reader_holds_the_writer_back(TransportKind kind, bool tls)
    {
        TaskCompletionSource<ConnectionContext> accepted = new();
        await using Rig rig = await Start(
            kind,
            tls,
            c =>
            {
                accepted.SetResult(c);
                return Task.CompletedTask;
            }
        );
        const int Chunk = 64 * 1024;
        const int Chunks = 512;
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            ConnectionContext server = await accepted.Task;
            int written = 0;
            async Task WriteOn()
            {
                for (; written < Chunks; written++)
                {
                    await connection.Transport.Output.WriteAsync(new byte[Chunk]);
                }
                await connection.Transport.Output.CompleteAsync();
            }
            Task writing = WriteOn();
            await Task.Yield();
            int before = -1;
            while (before != written)
            {
                before = written;
                await Delay(loop, 100);
            }
            Assert.InRange(written, 1, Chunks - 1);
            long read = 0;
            while (true)
            {
                ReadResult result = await server.Transport.Input.ReadAsync();
                read += result.Buffer.Length;
                server.Transport.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
            await writing;
            Assert.Equal((long)Chunk * Chunks, read);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Idle_connection_is_quiet_until_bytes_or_the_end_come(TransportKind kind, bool tls)
    {
        TaskCompletionSource<ConnectionContext> accepted = new();
        await using Rig rig = await Start(
            kind,
            tls,
            c =>
            {
                accepted.SetResult(c);
                return Task.CompletedTask;
            }
        );
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            ConnectionContext server = await accepted.Task;
            await Rig.Send(server, "answer");
            Assert.Equal("answer", await Rig.Take(connection, 6));
            await Delay(loop, 60);
            IConnectionStateFeature state = connection.Features.Get<IConnectionStateFeature>()!;
            Assert.True(state.IsQuiet);
            TaskCompletionSource ended = new();
            state.IdleEnded = static s => ((TaskCompletionSource)s!).SetResult();
            state.IdleEndedState = ended;
            await Delay(loop, 60);
            Assert.False(ended.Task.IsCompleted);
            await server.DisposeAsync();
            await ended.Task.WaitAsync(TimeSpan.FromSeconds(5));
            Assert.False(state.IsQuiet);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Nobody_there_is_refused(TransportKind kind, bool tls)
    {
        Rig rig = await Start(kind, tls, Rig.Echo);
        await rig.Listener.UnbindAsync();
        DialResult result = await rig.Dial();
        Assert.Equal(DialFailure.Refused, result.Failure);
        Assert.Null(result.Connection);
        Assert.NotNull(result.Detail);
        await rig.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Taken_address_is_an_error_that_says_so(TransportKind kind, bool tls)
    {
        await using Rig rig = await Start(kind, tls, Rig.Echo);
        using LoopGroup other = LoopGroup.Start(1, kind);
        AddressInUseException e = await Assert.ThrowsAsync<AddressInUseException>(() =>
            other.ListenAsync(new ListenerOptions { EndPoint = rig.Address })
        );
        Assert.Contains(rig.Address.ToString(), e.Message, StringComparison.Ordinal);
    }

    private static Task<Rig> Start(TransportKind kind, bool tls, Func<ConnectionContext, Task> serve) =>
        Rig.StartAsync(kind, serve, tls ? Authority.Serve(Ca.Issue("app.test")) : null);

    private static async Task<ConnectionContext> Dial(Rig rig, Loop loop, bool tls)
    {
        DialResult result = await rig.DialOn(loop, tls ? Ca.Client("app.test") : null);
        Assert.True(result.Failure == DialFailure.None, result.Detail);
        return result.Connection!;
    }

    private static async Task WriteAll(ConnectionContext connection, byte[] bytes)
    {
        // Odd pieces: below and above what is gathered, so that both ways of sending are used.
        int[] sizes = [1, 100, 5_000, 40_000, 300_000];
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            int length = Math.Min(sizes[i % sizes.Length], bytes.Length - at);
            await connection.Transport.Output.WriteAsync(bytes.AsMemory(at, length));
            at += length;
        }
        await connection.Transport.Output.CompleteAsync();
    }

    private static Task Delay(Loop loop, long ms)
    {
        TaskCompletionSource done = new();
        loop.Timers.Arm(
            new Timers.LoopTimer("test", static d => ((TaskCompletionSource)d!).SetResult(), done),
            loop.NowMs,
            ms
        );
        return done.Task;
    }
}
