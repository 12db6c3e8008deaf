using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Diagnostics;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Tests.Binding;

/// <summary>The table of config spec 1.5.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("yes", true)]
    [InlineData("Off", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("2", true)]
    [InlineData("\"t\"", true)]
    [InlineData("'T'", true)]
    [InlineData("'TRUE'", true)]
    [InlineData("'1'", true)]
    [InlineData("'f'", false)]
    [InlineData("'F'", false)]
    [InlineData("'FALSE'", false)]
    [InlineData("'False'", false)]
    public void Boolean(string yaml, bool expected)
    {
        Assert.True(BooleanConverter.TryConvert(Node(yaml), out bool value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("'yes'")]
    [InlineData("'on'")]
    [InlineData("tRUE")]
    [InlineData("''")]
    [InlineData("[true]")]
    [InlineData("{a: b}")]
    public void Not_a_boolean(string yaml) => Assert.False(BooleanConverter.TryConvert(Node(yaml), out _, out _));

    [Theory]
    [InlineData("5", 5)]
    [InlineData("'5'", 5)]
    [InlineData("-5", -5)]
    [InlineData("'0x1F'", 31)]
    [InlineData("0x1F", 31)]
    [InlineData("'0o17'", 15)]
    [InlineData("'0b101'", 5)]
    [InlineData("'-0x10'", -16)]
    [InlineData("5.0", 5)]
    [InlineData("1e3", 1000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Integer(string yaml, long expected)
    {
        Assert.True(IntegerConverter.TryConvert(Node(yaml), out long value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("five")]
    [InlineData("5.5")]
    [InlineData("''")]
    [InlineData("'0x'")]
    [InlineData("'0xg'")]
    [InlineData("'0b2'")]
    [InlineData("'0d5'")]
    [InlineData("true")]
    [InlineData("[5]")]
    [InlineData("'9223372036854775808'")]
    [InlineData("'0xFFFFFFFFFFFFFFFFFF'")]
    public void Not_an_integer(string yaml) => Assert.False(IntegerConverter.TryConvert(Node(yaml), out _, out _));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void Integer_range(long value, bool fits) =>
        Assert.Equal(fits, IntegerConverter.TryConvert(Node($"{value}"), 0, 10, out _, out _));

    [Theory]
    [InlineData("1h30m", 5400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0", 0)]
    [InlineData("'0'", 0)]
    [InlineData("0s", 0)]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("100ms", 100)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("+2s", 2_000)]
    [InlineData("-2s", -2_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("2562047h", 2562047L * 3600_000)]
    public void Duration(string yaml, long milliseconds)
    {
        Assert.True(DurationConverter.TryConvert(Node(yaml), out TimeSpan value, out string cause), cause);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("1us", 10)]
    [InlineData("1\u00b5s", 10)]
    [InlineData("1\u03bcs", 10)]
    [InlineData("100ns", 1)]
    [InlineData("1ns", 1)]
    [InlineData("-1ns", -1)]
    public void Small_duration_never_becomes_zero(string yaml, long ticks)
    {
        Assert.True(DurationConverter.TryConvert(Node(yaml), out TimeSpan value, out _));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("'30'", "time: missing unit in duration \"30\"")]
    [InlineData("30x", "time: unknown unit \"x\" in duration \"30x\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("1 s", "time: unknown unit \" s\" in duration \"1 s\"")]
    [InlineData("1m30", "time: missing unit in duration \"1m30\"")]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData("''", "time: invalid duration \"\"")]
    [InlineData("'-'", "time: invalid duration \"-\"")]
    [InlineData("'.s'", "time: invalid duration \".s\"")]
    [InlineData("2562048h", "time: invalid duration \"2562048h\"")]
    [InlineData("99999999999999999999h", "time: invalid duration \"99999999999999999999h\"")]
    public void Not_a_duration(string yaml, string expected)
    {
        Assert.False(DurationConverter.TryConvert(Node(yaml), out _, out string cause));
        Assert.Equal(expected, cause);
    }

    [Theory]
    [InlineData("a,b", "a|b")]
    [InlineData("' a , b ,, c '", "a|b|c")]
    [InlineData("a", "a")]
    [InlineData("[a, b]", "a|b")]
    [InlineData("[5, true, ' x ']", "5|true|x")]
    [InlineData("5", "5")]
    [InlineData("''", "")]
    [InlineData("[]", "")]
    public void List_of_texts(string yaml, string expected)
    {
        Assert.True(TextListConverter.TryConvert(Node(yaml), out ImmutableArray<string> value, out _));
        Assert.Equal(expected, string.Join('|', value));
    }

    [Theory]
    [InlineData("{a: b}")]
    [InlineData("[a, [b]]")]
    [InlineData("[{a: b}]")]
    public void Not_a_list(string yaml) => Assert.False(TextListConverter.TryConvert(Node(yaml), out _, out _));

    [Theory]
    [InlineData("{A: b, c: 5, d: true, e: }", "A=b|c=5|d=true|e=")]
    [InlineData("'{\"A\": \"b\", \"c\": 5}'", "A=b|c=5")]
    [InlineData("{}", "")]
    public void Map_of_texts_keeps_the_spelling_of_its_keys(string yaml, string expected)
    {
        Assert.True(
            TextMapConverter.TryConvert(Node(yaml), out ImmutableArray<KeyValuePair<string, string>> value, out _)
        );
        Assert.Equal(expected, string.Join('|', value.Select(static m => $"{m.Key}={m.Value}")));
    }

    [Theory]
    [InlineData("[a]")]
    [InlineData("a=b")]
    [InlineData("{a: [b]}")]
    [InlineData("'{\"a\": }'")]
    public void Not_a_map(string yaml) => Assert.False(TextMapConverter.TryConvert(Node(yaml), out _, out _));

    [Theory]
    [InlineData("ROUND_ROBIN", 0)]
    [InlineData("round_robin", 0)]
    [InlineData("LOAD_BALANCING_POLICY_RANDOM", 2)]
    [InlineData("hash", 1)]
    [InlineData("", 0)]
    [InlineData("robin_hood", -1)]
    public void Choice_by_full_name_prefix_or_suffix(string text, int expected) =>
        Assert.Equal(expected, ChoiceConverter.Find(text, ["ROUND_ROBIN", "RING_HASH", "RANDOM"]));

    [Fact]
    public void Wrong_choice_names_value_and_enum()
    {
        Diagnostic d = Loading.Yaml("codec_type: http4").Single("unknown-choice");
        Assert.Equal("unsupported enum value http4 for CodecType", d.Message);
        Assert.Equal("did you mean \"http1\"?", d.Remedy);
    }

    [Theory]
    [InlineData("YWJj", "abc")]
    [InlineData("YW\nJj\r\n", "abc")]
    [InlineData("YQ==", "a")]
    [InlineData("", "")]
    public void Base64(string text, string expected)
    {
        Assert.True(Base64Converter.TryConvert(text, out byte[] value, out _));
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(value));
    }

    [Theory]
    [InlineData("YQ", 2)]
    [InlineData("Y Q=", 1)]
    [InlineData("YW-_", 2)]
    [InlineData("a: b", 1)]
    public void Not_base64(string text, int at)
    {
        Assert.False(Base64Converter.TryConvert(text, out _, out string cause));
        Assert.Equal($"illegal base64 data at input byte {at}", cause);
    }

    [Theory]
    [InlineData("[email, groups]", "x-pomerium-claim-email=email|x-pomerium-claim-groups=groups")]
    [InlineData("email groups", "x-pomerium-claim-email=email|x-pomerium-claim-groups=groups")]
    [InlineData("'email,groups'", "x-pomerium-claim-email=email|x-pomerium-claim-groups=groups")]
    [InlineData("{X-Email: email, X-Groups: 'cognito:groups'}", "X-Email=email|X-Groups=cognito:groups")]
    [InlineData("'{\"X-Email\":\"email\"}'", "X-Email=email")]
    public void Claim_headers(string yaml, string expected)
    {
        Assert.True(ClaimHeadersConverter.TryConvert(Node(yaml), out ImmutableArray<ClaimHeader> value, out _));
        Assert.Equal(expected, string.Join('|', value.Select(static h => $"{h.Header}={h.Claim}")));
    }

    [Theory]
    [InlineData("{'X Email': email}", "has invalid header name \"X Email\"")]
    [InlineData("['cognito:groups']", "has invalid header name \"x-pomerium-claim-cognito:groups\"")]
    [InlineData("5", "JWTClaimHeaders must be an object or an array of values, got: 5")]
    [InlineData("[email, {a: b}]", "syntax error: found nested object in array of values")]
    public void Not_claim_headers(string yaml, string expected)
    {
        Assert.False(ClaimHeadersConverter.TryConvert(Node(yaml), out _, out string cause));
        Assert.Equal(expected, cause);
    }

    [Theory]
    [InlineData(":443", "", 443)]
    [InlineData("127.0.0.1:8080", "127.0.0.1", 8080)]
    [InlineData("[::1]:8080", "::1", 8080)]
    [InlineData("localhost:1", "localhost", 1)]
    public void Address(string text, string host, int port) =>
        Assert.Equal(new ListenAddress(host, port), AddressConverter.Parse(text, out _));

    [Theory]
    [InlineData("localhost", "expected host:port")]
    [InlineData("::1", "expected host:port")]
    [InlineData("localhost:http", "port must be a number")]
    [InlineData("localhost:", "port must be a number")]
    [InlineData("localhost:0", "expected positive port number")]
    [InlineData("localhost:-1", "expected positive port number")]
    [InlineData("localhost:65536", "expected a port up to 65535")]
    public void Not_an_address(string text, string expected)
    {
        Assert.Null(AddressConverter.Parse(text, out string cause));
        Assert.Equal(expected, cause);
    }

    [Theory]
    [InlineData("localhost", "localhost", 443)]
    [InlineData("[::1]", "::1", 443)]
    [InlineData(":0", "", 0)]
    public void Main_address_may_leave_out_the_port(string text, string host, int port) =>
        Assert.Equal(new ListenAddress(host, port), AddressConverter.Parse(text, 443, out _));

    [Fact]
    public void A_lone_number_is_no_address() => Assert.Null(AddressConverter.Parse("8443", 443, out _));

    private static ConfigNode Node(string yaml)
    {
        List<Diagnostic> problems = [];
        ConfigNode root = YamlSource.Parse($"v: {yaml}", "t", problems)!;
        Assert.Empty(problems);
        return root.Members[0].Value;
    }
}
