using Pomerium.Fast.Config.Sources;
using Pomerium.Fast.Server.Commands;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary><c>validate</c> says what a start would say, and its exit status tells scripts (cli 1.1).</summary>
public sealed class ValidateTests
{
    private static (int Status, string Output) Validate(string yaml)
    {
        using StringWriter output = new();
        int status = ValidateCommand.Run(new ConfigSources { InlineYaml = yaml, InlineName = "proxy.yaml" }, output);
        return (status, output.ToString());
    }

    [Fact]
    public void A_good_configuration_is_0()
    {
        (int status, string output) = Validate(ProxyRig.Yaml("", ProxyRig.Public("a.test", 80)));
        Assert.Equal(0, status);
        Assert.DoesNotContain("error", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_loading_finds_and_what_only_builders_find_are_1_with_line_and_remedy()
    {
        (int status, string output) = Validate(ProxyRig.Yaml("log_level: loud\n", ProxyRig.Public("a.test", 80)));
        Assert.Equal(1, status);
        Assert.Contains("proxy.yaml:10:12 error: log_level: ", output, StringComparison.Ordinal);

        (status, output) = Validate(
            ProxyRig
                .Yaml("", ProxyRig.Public("a.test", 80))
                .Replace("provider: oidc", "provider: oidk", StringComparison.Ordinal)
        );
        Assert.Equal(1, status);
        Assert.Contains(
            "proxy.yaml:6:15 error: idp_provider: identity: unknown provider: oidk",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("Use one of ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_alone_are_0()
    {
        (int status, string output) = Validate(ProxyRig.Yaml("colour: red\n", ProxyRig.Public("a.test", 80)));
        Assert.Equal(0, status);
        Assert.Contains("warning: colour", output, StringComparison.Ordinal);
    }
}
