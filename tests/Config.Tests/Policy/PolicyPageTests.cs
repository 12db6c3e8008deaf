using System.Text.RegularExpressions;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Policy;

/// <summary>What docs/policy.md shows is what the reader accepts.</summary>
public sealed partial class PolicyPageTests
{
    public static TheoryData<string> Examples =>
        [.. Fence().Matches(Page()).Select(static m => m.Groups["text"].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_are_read_without_errors(string example)
    {
        List<Diagnostic> found = [];
        ConfigNode node = Assert.IsType<ConfigNode>(YamlSource.Parse(example, "docs/policy.md", found));
        ConfigNode policy = Assert.IsType<ConfigNode>(node.Find("policy"));

        PolicyDocument? document = PolicyReader.Read(policy, "policy", found);

        Assert.DoesNotContain(found, static d => d.Severity == Severity.Error);
        Assert.NotEmpty(Assert.IsType<PolicyDocument>(document).Rules);
    }

    [Fact]
    public void Each_criterion_has_its_place_on_the_page()
    {
        string page = Page();
        string[] names =
        [
            "accept",
            "reject",
            "authenticated_user",
            "user",
            "email",
            "domain",
            "claim",
            "device",
            "client_certificate",
            "invalid_client_certificate",
            "http_method",
            "http_path",
            "cors_preflight",
            "source_ip",
            "pomerium_routes",
            "date",
            "day_of_week",
            "time_of_day",
        ];
        Assert.All(names, name => Assert.Contains($"`{name}", page, StringComparison.Ordinal));
    }

    private static string Page()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Pomerium.Fast.sln")))
        {
            at = at.Parent;
        }
        return File.ReadAllText(Path.Combine(at!.FullName, "docs", "policy.md"));
    }

    [GeneratedRegex(
        "^```yaml\\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Fence();
}
