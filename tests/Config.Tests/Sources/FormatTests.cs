using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Sources;

/// <summary>The same small configuration in every format loads alike (config spec 1.2, U-120).</summary>
public sealed class FormatTests : IDisposable
{
    // - {from: https://a.example.com, to: http://app, allow_public_unauthenticated_access: true}
    private const string Routes =
        "LSB7ZnJvbTogImh0dHBzOi8vYS5leGFtcGxlLmNvbSIsIHRvOiAiaHR0cDovL2FwcCIsIGFsbG93X3B1YmxpY191bmF1dGhlbnRpY2F0ZWRfYWNjZXNzOiB0cnVlfQ==";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("formats");

    public static TheoryData<string, string> Formats =>
        new()
        {
            { "c.yaml", $"address: 127.0.0.1:8080\ninsecure_server: true\nlog_level: warn\nroutes: {Routes}\n" },
            {
                "c.YML",
                $"\uFEFFaddress: 127.0.0.1:8080\r\ninsecure_server: yes\r\nlog_level: warn\r\nroutes: {Routes}\r\n"
            },
            {
                "c.json",
                $$"""{"address": "127.0.0.1:8080", "insecure_server": true, "log_level": "warn", "routes": "{{Routes}}"}"""
            },
            {
                "c.toml",
                """
                    address = "127.0.0.1:8080"
                    insecure_server = true
                    log_level = 'warn'
                    [[routes]]
                    from = "https://a.example.com"
                    to = ["http://app"]
                    allow_public_unauthenticated_access = true
                    """
            },
            {
                "c.properties",
                $"# comment\n! comment\naddress=127.0.0.1\\:8080\ninsecure_server : true\nlog_level warn\nroutes={Routes[..20]}\\\n   {Routes[20..]}\n"
            },
            { "c.prop", $"address=127.0.0.1:8080\ninsecure_server=true\nlog_level=w\\u0061rn\nroutes={Routes}" },
            {
                "c.env",
                $"# comment\nADDRESS=127.0.0.1:8080\nexport INSECURE_SERVER=true # yes\nLOG_LEVEL='warn'\nROUTES=\"{Routes}\"\n"
            },
        };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Loads_alike(string name, string text)
    {
        LoadResult result = Load(name, text);
        Assert.Equal([], result.Of(Severity.Error));
        Assert.Equal([], result.Of(Severity.Warning));
        ConfigSnapshot snapshot = result.Snapshot!;
        Assert.Equal(new ListenAddress("127.0.0.1", 8080), snapshot.Server.Address);
        Assert.True(snapshot.Server.InsecureServer);
        Assert.Equal(LogLevelOption.Warn, snapshot.Logging.Level);
        RouteConfig route = Assert.Single(snapshot.Routes);
        Assert.Equal("https://a.example.com → http://app", route.ToString());
    }

    [Fact]
    public void Dotted_property_opens_a_level()
    {
        LoadResult result = Load("c.properties", "downstream_mtls.enforcement=sometimes\nruntime_flags.mcp=false\n");
        Assert.Equal("downstream_mtls.enforcement", result.Single("unknown-choice").Path);
        Assert.Equal(1, result.Single("unknown-choice").Mark.Line);
    }

    [Fact]
    public void Toml_tables_nest_and_keep_their_places()
    {
        LoadResult result = Load(
            "c.toml",
            "[[routes]]\nfrom = 'https://a.example.com'\n[routes.redirect]\nresponse_code = 305\n[downstream_mtls]\nenforcement = 'x'\n"
        );
        Assert.Equal("routes[0].redirect.response_code", result.Single("unsupported-code").Path);
        Assert.Equal(4, result.Single("unsupported-code").Mark.Line);
        Assert.Equal(6, result.Single("unknown-choice").Mark.Line);
    }

    [Theory]
    [InlineData("c.toml", "address = \n", 1)]
    [InlineData("c.json", "{\n  \"address\": \n}", 3)]
    [InlineData("c.yaml", "a: b\n  c: d\n", 2)]
    [InlineData("c.env", "A=b\nrubbish\n", 2)]
    [InlineData("c.properties", "a=b\nc=\\u00zz\n", 2)]
    public void Syntax_error_names_its_line(string name, string text, int line)
    {
        LoadResult result = Load(name, text);
        Assert.Null(result.Snapshot);
        Diagnostic d = Assert.Single(result.Diagnostics);
        Assert.Equal(("syntax", line), (d.Code, d.Mark.Line));
        Assert.StartsWith(
            $"config: options from config file \"{d.Mark.Source}\": failed to read config: ",
            DiagnosticText.Fatal(result.Diagnostics, d.Mark.Source),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("c.ini", "Unsupported Config Type \"ini\"")]
    [InlineData("config", "Unsupported Config Type \"\"")]
    public void Other_extensions_are_refused(string name, string expected) =>
        Assert.Equal(expected, Load(name, "a: b").Single("unsupported-format").Message);

    [Fact]
    public void Missing_file_is_named()
    {
        LoadResult result = ConfigLoader.Load(new ConfigSources { FilePath = "/nowhere/c.yaml" });
        Assert.Equal("open /nowhere/c.yaml: no such file or directory", result.Single("unreadable-file").Message);
        Assert.Equal("/nowhere/c.yaml", Assert.Single(result.ReferencedFiles));
    }

    [Fact]
    public void Folder_in_the_place_of_a_file_is_named() =>
        Assert.EndsWith(
            "is a directory",
            ConfigLoader
                .Load(new ConfigSources { FilePath = Directory.CreateDirectory(At("c.yaml")).FullName })
                .Single("unreadable-file")
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        File.WriteAllBytes(At("c.yaml"), [(byte)'a', (byte)':', 0xFF]);
        Assert.True(ConfigLoader.Load(new ConfigSources { FilePath = At("c.yaml") }).Has("syntax"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private LoadResult Load(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return ConfigLoader.Load(new ConfigSources { FilePath = At(name) });
    }
}
