using System.Text;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Tests.Sources;

/// <summary>Precedence and names of config spec 1.1 and 1.4.</summary>
public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("address: :1111", ":2222", 2222)]
    [InlineData("address: :1111", "", 1111)]
    [InlineData("", ":2222", 2222)]
    [InlineData("", "", 443)]
    [InlineData("insecure_server: true", "", 80)]
    public void Environment_wins_over_file_over_default(string yaml, string variable, int port) =>
        Assert.Equal(port, Loading.Good(yaml, ("ADDRESS", variable)).Server.Address.Port);

    [Theory]
    [InlineData("X-A:1,X-B:2", "X-A=1|X-B=2")]
    [InlineData("X-A: https://a", "X-A=https://a")]
    [InlineData("{\"X-A\": \"1\"}", "X-A=1")]
    [InlineData("disable:true", "")]
    public void Headers_replace_those_of_the_file(string variable, string expected) =>
        Assert.Equal(expected, Headers(Loading.Good("set_response_headers: {X-File: f}", ("HEADERS", variable))));

    [Fact]
    public void Wrong_headers_are_named()
    {
        LoadResult result = Loading.Environment(("HEADERS", "X-A"));
        Assert.Equal(
            ["set_response_headers: config: failed to parse headers: failed to decode headers from 'X-A'"],
            result.Of(Severity.Error)
        );
    }

    [Fact]
    public void Set_response_headers_is_no_variable() =>
        Assert.Equal(
            "X-File=f",
            Headers(Loading.Good("set_response_headers: {X-File: f}", ("SET_RESPONSE_HEADERS", "X-A:1")))
        );

    [Fact]
    public void Certificates_is_no_variable() => Assert.Empty(Loading.Good("", ("CERTIFICATES", "x")).Tls.Certificates);

    [Theory]
    [InlineData("POLICY")]
    [InlineData("ROUTES")]
    public void Routes_come_as_base64_of_a_list(string variable)
    {
        ConfigSnapshot snapshot = Loading.Good(
            "",
            (variable, Encoded("- {from: 'https://a.example.com', to: 'http://a'}"))
        );
        Assert.Equal("a.example.com", Assert.Single(snapshot.Routes).From.Host);
    }

    [Fact]
    public void Policy_comes_before_routes_and_the_variable_replaces_the_list_of_the_file()
    {
        ConfigSnapshot snapshot = Loading.Good(
            Loading.Route() + "policy:\n  - {from: 'https://file.example.com', to: 'http://a'}\n",
            ("POLICY", Encoded("- {from: 'https://env.example.com', to: 'http://a'}"))
        );
        Assert.Equal(["env.example.com", "a.example.com"], snapshot.Routes.Select(static r => r.From.Host));
        Assert.Equal(["policy[0]", "routes[0]"], snapshot.Routes.Select(static r => r.ConfigPath));
        Assert.Equal("environment POLICY", snapshot.Places.Find("policy[0].to").Source);
        Assert.Equal(3, snapshot.Places.Find("routes[0].to").Line);
    }

    [Theory]
    [InlineData("- from: x", "base64 decoding policy data: illegal base64 data at input byte 0")]
    [InlineData("YQ==,Yg==", "base64 policy data: expecting 1, got 2")]
    [InlineData("YTogYg==", "parsing base64-encoded policy data as yaml: expected a list of routes")]
    [InlineData("Wyhd", "expected a route, got \"(\"")]
    public void Wrong_routes_are_an_error(string variable, string expected)
    {
        LoadResult result = Loading.Environment(("ROUTES", variable));
        Assert.Null(result.Snapshot);
        Assert.Contains(result.Of(Severity.Error), m => m.EndsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Nested_variable_replaces_only_its_own_key()
    {
        LoadResult result = Loading.Yaml(
            "downstream_mtls: {enforcement: policy, max_verify_depth: x}",
            ("DOWNSTREAM_MTLS_ENFORCEMENT", "never")
        );
        Assert.Equal("environment DOWNSTREAM_MTLS_ENFORCEMENT", result.Single("unknown-choice").Mark.Source);
        Assert.Equal("p.yaml", result.Single("invalid-value").Mark.Source);
    }

    [Fact]
    public void Objects_come_as_json()
    {
        ConfigSnapshot snapshot = Loading.Good("", ("RUNTIME_FLAGS", "{\"match_any_incoming_port\": false}"));
        Assert.False(snapshot.Flag("match_any_incoming_port"));
        Assert.True(snapshot.Flag("config_hot_reload"));
    }

    [Theory]
    [InlineData("IDP_SCOPES", "a,b")]
    [InlineData("JWT_CLAIMS_HEADERS", "email,groups")]
    [InlineData("IDP_REQUEST_PARAMS", "{\"prompt\":\"none\"}")]
    public void Lists_and_maps_come_as_text(string name, string value) =>
        Assert.NotNull(Loading.Environment((name, value)).Snapshot);

    private static string Headers(ConfigSnapshot snapshot) =>
        string.Join('|', snapshot.Requests.SetResponseHeaders.Select(static h => $"{h.Name}={h.Value}"));

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
