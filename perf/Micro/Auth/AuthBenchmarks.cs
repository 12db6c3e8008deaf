using System.Text;
using BenchmarkDotNet.Attributes;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Micro.Scenes;

namespace Pomerium.Fast.Micro.Auth;

/// <summary>What the three handlers add to a request: nobody signed in, one user on the connection, users that alternate behind a load balancer.</summary>
[MemoryDiagnoser]
public class AuthBenchmarks
{
    private readonly AuthScene _scene = new();
    private Exchange _public = null!;
    private Exchange _signedIn = null!;
    private Exchange[] _alternating = null!;
    private byte[] _handle = null!;
    private int _turn;

    [GlobalSetup]
    public void Setup()
    {
        _public = _scene.Request("public.example.com", null);
        _signedIn = _scene.Request("app.example.com", _scene.Handles[0]);
        _alternating = [.. _scene.Handles.Select(h => _scene.Request("app.example.com", h))];
        _handle = Encoding.ASCII.GetBytes(_scene.Handles[0]);
        foreach (Exchange exchange in (Exchange[])[_public, .. _alternating])
        {
            if (_scene.Handle(exchange) != Step.Continue)
            {
                throw new InvalidOperationException("the scene is refused");
            }
        }
    }

    [Benchmark(Baseline = true)]
    public Step Public_route() => _scene.Handle(_public);

    [Benchmark]
    public Step Signed_in_with_policy_claims_and_assertion() => _scene.Handle(_signedIn);

    [Benchmark]
    public Step Twenty_users_alternate()
    {
        _turn = (_turn + 1) % _alternating.Length;
        return _scene.Handle(_alternating[_turn]);
    }

    /// <summary>What a credential costs that is seen for the first time.</summary>
    [Benchmark]
    public SessionHandle? Verify_a_handle() => _scene.Codec.Verify(_handle, out _);
}
