using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Auth.Tests.Handlers;

/// <summary>Nothing is allocated for a request in the steady state (issue 3, ARCHITECTURE 4).</summary>
public sealed class AllocationTests
{
    private const int Warm = 200;
    private const int Measured = 1000;
    private readonly Gate _gate = new();

    [Fact]
    public void A_public_request_allocates_nothing() => AssertNothingFor("public.example.com", "/a/b?c=d");

    [Fact]
    public void A_public_request_with_foreign_cookies_allocates_nothing() =>
        AssertNothingFor("public.example.com", "/", "Cookie: a=b; c=d; _pomerium=garbage", "Authorization: Bearer x");

    [Fact]
    public void An_authenticated_request_with_assertion_and_claim_headers_allocates_nothing() =>
        AssertNothingFor(
            "app.example.com",
            "/",
            "Cookie: theme=dark; _pomerium=" + _gate.SignIn(_gate.NewSession("s"))
        );

    [Fact]
    public void A_program_with_a_token_behind_another_proxy_allocates_nothing() =>
        AssertNothingFor(
            "app.example.com",
            "/",
            "Authorization: Pomerium " + _gate.SignIn(_gate.NewSession("s")),
            "X-Pomerium-Jwt-Assertion: from.the.front"
        );

    /// <summary>Behind a load balancer the users of one connection alternate.</summary>
    [Fact]
    public void Alternating_users_of_one_connection_allocate_nothing()
    {
        string[] cookies =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => "Cookie: _pomerium=" + _gate.SignIn(_gate.NewSession("s" + i, "u" + i))),
        ];
        long allocated = 0;
        for (int i = 0; i < Warm + Measured; i++)
        {
            _gate.Exchange.Reset();
            _gate.Prepare("app.example.com", "/", cookies[i % cookies.Length]);
            allocated += MeasureRun(counts: i >= Warm);
            Assert.Equal("s" + (i % cookies.Length), ((SessionView)_gate.Exchange.Session!).Session.Id);
        }
        Assert.Equal(0, allocated);
    }

    private void AssertNothingFor(string host, string path, params string[] fields)
    {
        long allocated = 0;
        for (int i = 0; i < Warm + Measured; i++)
        {
            _gate.Exchange.Reset();
            _gate.Prepare(host, path, fields);
            allocated += MeasureRun(counts: i >= Warm);
        }
        Assert.Equal(0, allocated);
    }

    private long MeasureRun(bool counts)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (IHandler handler in _gate.Handlers)
        {
            if (handler.Handle(_gate.Exchange) != Step.Continue)
            {
                return long.MinValue;
            }
        }
        return counts ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
    }
}
