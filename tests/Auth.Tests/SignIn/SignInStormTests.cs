using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>Memory is the process's: nothing else may run while it is measured.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Many who begin to sign in, and never come back (identity 9).</summary>
[Collection(nameof(Alone))]
public sealed class SignInStormTests
{
    private const int Requests = 5000;
    private const long KeptBytesMax = 2 << 20; // 400 bytes a request would be more

    [Fact]
    public async Task IA_77_A_storm_of_sign_ins_asks_the_provider_once_and_leaves_nothing_behind()
    {
        await using SignInRig rig = await SignInRig.StartAsync();
        await VisitAsync(rig);
        rig.Provider.Calls.Clear();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => VisitAsync(rig))));
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(kept, long.MinValue, KeptBytesMax);
        Assert.Empty(rig.Provider.Calls);
        Assert.Empty(await rig.SessionsAsync());
    }

    private static async Task VisitAsync(SignInRig rig)
    {
        Browser browser = rig.NewBrowser();
        FlowAnswer answer = await browser.GetAsync(rig.Begin(browser));
        Assert.StartsWith(rig.Provider.Issuer + "/authorize?", SignInRig.Location(answer), StringComparison.Ordinal);
    }
}
