using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>Upstreams that get an address only after the start (routing 9.2).</summary>
public sealed class NameRefreshTests
{
    [Fact]
    public async Task A_name_that_resolves_later_is_served_then_also_after_a_reload()
    {
        await using HeldUpstream upstream = await HeldUpstream.StartAsync();
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        HashSet<string> known = [];
        Task<IPAddress[]> Lookup(string host, CancellationToken cancellation)
        {
            lock (known)
            {
                return known.Contains(host)
                    ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
                    : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
            }
        }
        string Yaml(string name) =>
            ProxyRig.Yaml(
                "",
                $"  - from: https://a.test\n    to: http://{name}:{upstream.Port}\n    allow_public_unauthenticated_access: true\n"
            );
        await using ProxyRig rig = await ProxyRig.StartAsync(Yaml("late.test"), Lookup, clock);
        foreach (string name in new[] { "late.test", "later.test" })
        {
            Assert.Equal(503, await rig.StatusAsync("a.test", "/"));
            lock (known)
            {
                known.Add(name);
            }
            await Poll.UntilAsync(
                async () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return await rig.StatusAsync("a.test", "/") == 200;
                },
                $"{name} is never asked for again"
            );
            await rig.ReloadAsync(Yaml("later.test"));
        }
    }
}
