using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Tests.Diagnostics;

public sealed class DiagnosticTextTests
{
    [Fact]
    public void Line_has_place_severity_key_cause_and_remedy()
    {
        LoadResult result = Loading.Yaml("routes:\n  - from: https://a.example.com\n    to: htp://app:8080\n");
        Assert.Equal(
            "p.yaml:3:9 error: routes[0].to: \"htp://app:8080\" has no known scheme. Did you mean \"http://app:8080\"?",
            DiagnosticText.Line(result.Single("invalid-to"))
        );
    }

    [Fact]
    public void Environment_variable_stands_in_the_place_of_a_line()
    {
        LoadResult result = Loading.Environment(("LOG_LEVEL", "loud"));
        Assert.StartsWith(
            "environment LOG_LEVEL error: log_level: config: invalid log_level: unknown log level: loud",
            DiagnosticText.Line(result.Single("unknown-choice")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("shared_secret: not&base64", "not&base64")]
    [InlineData("cookie_secret: c2hvcnQ=", "c2hvcnQ=")]
    [InlineData("signing_key: rubbish-key", "rubbish-key")]
    [InlineData("certificate_key: rubbish-key", "rubbish-key")]
    [InlineData("idp_client_secret: [top-secret, x: y]", "top-secret")]
    [InlineData("databroker_storage_connection_string: {p: pass-word}", "pass-word")]
    public void Secrets_are_never_printed(string yaml, string secret)
    {
        LoadResult result = Loading.Yaml(yaml);
        Assert.NotEmpty(result.Diagnostics);
        Assert.DoesNotContain(
            result.Diagnostics,
            d => DiagnosticText.Line(d).Contains(secret, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Control_characters_cannot_forge_a_line()
    {
        LoadResult result = Loading.Yaml("\"bad\\nkey\": x");
        Assert.DoesNotContain(
            '\n',
            DiagnosticText.Line(Assert.Single(result.Diagnostics, static d => d.Code is "unknown-key"))
        );
    }

    [Theory]
    [InlineData("address: :443", "no problems found")]
    [InlineData("adress: :443", "1 warning")]
    [InlineData("log_level: x", "1 error")]
    [InlineData("log_level: x\nproxy_log_level: y\nadress: z\n", "2 errors, 1 warning")]
    public void Summary(string yaml, string expected) =>
        Assert.Equal(expected, DiagnosticText.Summary(Loading.Yaml(yaml).Diagnostics));

    [Theory]
    [InlineData(
        "services: web",
        "config: options from config file \"p.yaml\": validation error config: web is an invalid service type"
    )]
    [InlineData(
        "idp_qps: 5\nservices: web",
        "config: options from config file \"p.yaml\": some configuration options are no longer supported, please check logs for details"
    )]
    [InlineData("a: [", "config: options from config file \"p.yaml\": failed to read config: ")]
    [InlineData(
        "routes: abc!",
        "config: options from config file \"p.yaml\": failed to unmarshal config: base64 decoding policy data: illegal base64 data at input byte 3"
    )]
    public void Fatal_line_is_that_of_the_reference(string yaml, string expected) =>
        Assert.StartsWith(
            expected,
            DiagnosticText.Fatal(Loading.Yaml(yaml).Diagnostics, "p.yaml"),
            StringComparison.Ordinal
        );

    [Fact]
    public void No_fatal_line_without_an_error() =>
        Assert.Null(DiagnosticText.Fatal(Loading.Yaml("adress: x").Diagnostics, "p.yaml"));

    [Theory]
    [InlineData("routes[3].foo", "routes.foo")]
    [InlineData("address", "address")]
    [InlineData("a[0][1].b[2]", "a.b")]
    public void Key_has_no_list_indexes(string path, string expected) =>
        Assert.Equal(expected, DiagnosticText.Key(path));
}
