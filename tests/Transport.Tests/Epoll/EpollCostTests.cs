using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Behaviour;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Epoll;

/// <summary>What the epoll transport promises about memory and calls.</summary>
public sealed class EpollCostTests
{
    private static readonly Authority Ca = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_and_writes_allocate_nothing_in_the_steady_state(bool tls)
    {
        await using Rig rig = await Start(tls, Rig.Echo);
        long allocated = await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            PipeReader input = connection.Transport.Input;
            PipeWriter output = connection.Transport.Output;
            byte[] message = new byte[600];
            async Task Ask(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    await output.WriteAsync(message);
                    int arrived = 0;
                    while (arrived < message.Length)
                    {
                        ReadResult read = await input.ReadAsync();
                        arrived += (int)read.Buffer.Length;
                        input.AdvanceTo(read.Buffer.End);
                    }
                }
            }
            await Ask(200);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await Ask(1_000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        // The state machine of the measured method itself is allocated once.
        Assert.InRange(allocated, 0, 400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_connections_hold_no_buffer(bool tls)
    {
        await using Rig rig = await Start(tls, Rig.Echo);
        int rented = await rig.On(async loop =>
        {
            for (int i = 0; i < 20; i++)
            {
                ConnectionContext connection = await Dial(rig, loop, tls);
                await Rig.Send(connection, "hello");
                Assert.Equal("hello", await Rig.Take(connection, 5));
                _ = connection.Transport.Input.ReadAsync();
            }
            await NextTurns(loop, 5);
            return ((EpollLoop)loop).Slabs.Rented;
        });
        Assert.Equal(0, rented);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_of_one_turn_arrive_as_one(bool tls)
    {
        await using Rig rig = await Start(tls, Rig.Echo);
        await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls);
            for (int i = 0; i < 50; i++)
            {
                await Rig.Send(connection, "0123456789");
            }
            ReadResult read = await connection.Transport.Input.ReadAsync();
            Assert.Equal(500, read.Buffer.Length);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        });
    }

    [Theory]
    [InlineData(false, 10_000)]
    [InlineData(true, 500)]
    public async Task Many_connections_come_and_go_and_leave_nothing(bool tls, int count)
    {
        await using Rig rig = await Start(tls, Rig.Echo);
        int files = Directory.GetFiles("/proc/self/fd").Length;
        (int rented, int handles) = await rig.On(async loop =>
        {
            for (int i = 0; i < count; i++)
            {
                ConnectionContext connection = await Dial(rig, loop, tls);
                await Rig.Send(connection, "hello");
                await Rig.Take(connection, 5);
                if (i % 3 == 0)
                {
                    connection.Abort(new ConnectionAbortedException("every third"));
                }
                await connection.DisposeAsync();
            }
            await NextTurns(loop, 20);
            return (((EpollLoop)loop).Slabs.Rented, ((EpollLoop)loop).Handles);
        });
        Assert.Equal(0, rented);
        Assert.Equal(1, handles); // the listener
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, files + 200);
    }

    [Fact]
    public async Task Large_reads_do_not_keep_large_buffers()
    {
        await using Rig rig = await Start(tls: false, Rig.Echo);
        int rented = await rig.On(async loop =>
        {
            ConnectionContext connection = await Dial(rig, loop, tls: false);
            Task<FlushResult> write = connection.Transport.Output.WriteAsync(new byte[1_000_000]).AsTask();
            for (long arrived = 0; arrived < 1_000_000; )
            {
                ReadResult read = await connection.Transport.Input.ReadAsync();
                arrived += read.Buffer.Length;
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }
            await write;
            _ = connection.Transport.Input.ReadAsync();
            await NextTurns(loop, 5);
            return ((EpollLoop)loop).Slabs.Rented;
        });
        Assert.Equal(0, rented);
    }

    private static Task<Rig> Start(bool tls, Func<ConnectionContext, Task> serve) =>
        Rig.StartAsync(TransportKind.Epoll, serve, tls ? Authority.Serve(Ca.Issue("app.test")) : null);

    private static async Task<ConnectionContext> Dial(Rig rig, Loop loop, bool tls)
    {
        DialResult result = await rig.DialOn(loop, tls ? Ca.Client("app.test") : null);
        Assert.True(result.Failure == DialFailure.None, result.Detail);
        return result.Connection!;
    }

    private static async Task NextTurns(Loop loop, int turns)
    {
        for (int i = 0; i < turns; i++)
        {
            TaskCompletionSource next = new();
            loop.Post(static n => ((TaskCompletionSource)n!).SetResult(), next);
            await next.Task;
        }
    }
}
