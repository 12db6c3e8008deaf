using System.Collections;
using System.Net;
using System.Net.Sockets;
using Pomerium.Fast.Server.Demo;

namespace Pomerium.Fast.Server.Tests.Demo;

public sealed class DemoRunnerTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("0.0.0.0:8443", null, "demo: refusing to listen on 0.0.0.0:8443: loopback only")]
    [InlineData("192.0.2.1:8443", null, "demo: refusing to listen on 192.0.2.1:8443: loopback only")]
    [InlineData("127.0.0.1:8443", "IDP_CLIENT_ID", "demo does not take a configuration: IDP_CLIENT_ID")]
    [InlineData("127.0.0.1:8443", "SHARED_SECRET", "demo does not take a configuration: SHARED_SECRET")]
    [InlineData("127.0.0.1:8443", "DATABROKER_SERVICE_URL", "demo does not take a configuration: DATABROKER_")]
    public async Task Anything_that_is_no_demo_is_refused(string address, string? variable, string message)
    {
        Hashtable environment = [];
        if (variable is not null)
        {
            environment[variable] = "x";
        }
        int status = await DemoRunner.RunAsync(
            new DemoOptions { Address = IPEndPoint.Parse(address) },
            static (_, _, _) => throw new InvalidOperationException("nothing must start"),
            Console(environment),
            default
        );
        Assert.Equal(1, status);
        Assert.StartsWith(message, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_gets_its_configuration_and_the_terminal_its_decisions_until_cancelled()
    {
        using CancellationTokenSource end = new();
        string yaml = "";
        Proxy proxy = new();
        int status = await DemoRunner.RunAsync(
            new DemoOptions { Address = new IPEndPoint(IPAddress.Loopback, 0) },
            (text, log, _) =>
            {
                yaml = text;
                log.Write(
                    """{"level":"info","message":"authorize check","method":"GET","allow":true,"allow-why-true":["accept"]}"""u8
                );
                log.Write("\n"u8);
                end.CancelAfter(TimeSpan.FromMilliseconds(1));
                return Task.FromResult<IAsyncDisposable>(proxy);
            },
            Console(new Hashtable()),
            end.Token
        );
        Assert.Equal(0, status);
        Assert.StartsWith("address: 127.0.0.1:", yaml, StringComparison.Ordinal);
        Assert.Contains("ALLOW", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(DemoTerminal.Banner, _output.ToString(), StringComparison.Ordinal);
        Assert.True(proxy.IsDisposed);
    }

    [Fact]
    public async Task Demo_ends_by_itself_after_its_time()
    {
        int status = await DemoRunner.RunAsync(
            new DemoOptions { Address = new IPEndPoint(IPAddress.Loopback, 0), LifeMax = TimeSpan.FromMilliseconds(1) },
            static (_, _, _) => Task.FromResult<IAsyncDisposable>(new Proxy()),
            Console(new Hashtable()),
            default
        );
        Assert.Equal(0, status);
        Assert.Contains("--keep", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_folder_that_cannot_be_made_is_said()
    {
        int status = await DemoRunner.RunAsync(
            new DemoOptions { Address = new IPEndPoint(IPAddress.Loopback, 0), StateDirectory = "/proc/nowhere" },
            static (_, _, _) => throw new InvalidOperationException("nothing must start"),
            Console(new Hashtable()),
            default
        );
        Assert.Equal(1, status);
        Assert.StartsWith("demo: --state /proc/nowhere: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Port_in_use_gives_another_one()
    {
        using Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen(1);
        IPEndPoint taken = (IPEndPoint)holder.LocalEndPoint!;
        IPEndPoint free = DemoRunner.FreeAddress(taken);
        Assert.Equal(IPAddress.Loopback, free.Address);
        Assert.NotEqual(taken.Port, free.Port);
        holder.Close();
        Assert.Equal(taken, DemoRunner.FreeAddress(taken));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("IDP.localhost", true)]
    [InlineData("127.8.8.8", true)]
    [InlineData("[::1]", true)]
    [InlineData("localhost.evil.test", false)]
    [InlineData("evil.test", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("notlocalhost", false)]
    [InlineData("", false)]
    public void Only_names_of_this_machine_are_answered(string host, bool local) =>
        Assert.Equal(local, LoopbackGuard.IsLocal(host));

    private DemoConsole Console(IDictionary environment) =>
        new(_output, _error, Colours: false, environment, TimeProvider.System);

    private sealed class Proxy : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
