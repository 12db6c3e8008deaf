using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Pomerium.Fast.Transport.Loops;
using Pomerium.Fast.Transport.Tls;

namespace Pomerium.Fast.Transport.Behaviour;

/// <summary>One loop of a transport on real loopback sockets, with a listener whose connections a test's code serves.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly LoopGroup _group;

    private Rig(LoopGroup group, IConnectionListener listener)
    {
        _group = group;
        Listener = listener;
    }

    public Loop Loop => _group.Loops[0];
    public IConnectionListener Listener { get; }
    public IPEndPoint Address => (IPEndPoint)Listener.EndPoint;

    public static async Task<Rig> StartAsync(
        TransportKind kind,
        Func<ConnectionContext, Task> serve,
        ServerTlsOptions? tls = null,
        Func<ListenerOptions, ListenerOptions>? adjust = null
    )
    {
        LoopGroup group = LoopGroup.Start(1, kind);
        ListenerOptions options = new() { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), Tls = tls };
        Rig rig = new(group, (await group.ListenAsync(adjust?.Invoke(options) ?? options))[0]);
        rig.Loop.Post(_ => _ = rig.AcceptAsync(serve), null);
        return rig;
    }

    public Task<T> On<T>(Func<Loop, Task<T>> code) => OnLoop.Run(Loop, code);

    public Task On(Func<Loop, Task> code) => OnLoop.Run(Loop, code);

    public Task<DialResult> Dial(ClientTlsOptions? tls = null, TimeSpan? timeout = null) =>
        On(l => DialOn(l, tls, timeout));

    /// <summary>For code that is on the loop already.</summary>
    public async Task<DialResult> DialOn(Loop loop, ClientTlsOptions? tls = null, TimeSpan? timeout = null) =>
        await loop.DialAsync(
            new DialOptions
            {
                EndPoint = Address,
                Tls = tls,
                ConnectTimeout = timeout ?? TimeSpan.FromSeconds(10),
            }
        );

    public async ValueTask DisposeAsync()
    {
        await Listener.UnbindAsync();
        _group.Dispose();
    }

    /// <summary>Sends back what comes, then ends.</summary>
    public static async Task Echo(ConnectionContext connection)
    {
        PipeReader input = connection.Transport.Input;
        PipeWriter output = connection.Transport.Output;
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                output.Write(part.Span);
            }
            input.AdvanceTo(read.Buffer.End);
            FlushResult flushed = await output.FlushAsync();
            if (read.IsCompleted || flushed.IsCompleted)
            {
                break;
            }
        }
        await output.CompleteAsync();
        await connection.DisposeAsync();
    }

    /// <summary>Reads exactly so many bytes as text.</summary>
    public static async Task<string> Take(ConnectionContext connection, int length)
    {
        ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(length);
        Assert.True(read.Buffer.Length >= length, $"the connection ended after {read.Buffer.Length} bytes");
        string text = Encoding.Latin1.GetString(read.Buffer.Slice(0, length));
        connection.Transport.Input.AdvanceTo(read.Buffer.GetPosition(length));
        return text;
    }

    /// <summary>Reads to the end.</summary>
    public static async Task<string> TakeAll(ConnectionContext connection)
    {
        StringBuilder text = new();
        while (true)
        {
            ReadResult read = await connection.Transport.Input.ReadAsync();
            text.Append(Encoding.Latin1.GetString(read.Buffer));
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    public static ValueTask<FlushResult> Send(ConnectionContext connection, string text) =>
        connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text));

    private async Task AcceptAsync(Func<ConnectionContext, Task> serve)
    {
        while (await Listener.AcceptAsync() is { } connection)
        {
            _ = serve(connection);
        }
    }
}
