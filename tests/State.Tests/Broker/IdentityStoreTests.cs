using Pomerium.Fast.State.Broker;
using Pomerium.Fast.State.Records;
using Pomerium.Fast.State.Storage;
using Pomerium.Fast.State.Storage.Memory;
using Pomerium.Fast.State.Wire;

namespace Pomerium.Fast.State.Tests.Broker;

public sealed class IdentityStoreTests : IAsyncDisposable
{
    private readonly MemoryBackend _backend = new(TimeProvider.System);
    private readonly IdentityStore _store;

    public IdentityStoreTests() => _store = new IdentityStore(_backend);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    [Fact]
    public async Task A_session_comes_back_as_it_was_written()
    {
        SessionRecord session = Samples.Session("s");
        await _store.PutSessionAsync(session, default);
        SessionRecord? read = await _store.GetSessionAsync("s", default);
        Assert.Equal(session with { Claims = read!.Claims, Audience = read.Audience }, read);
        Assert.Equal<string>([.. session.Audience], [.. read.Audience]);
        Assert.Equal(session.Claims.All.Keys.Order(), read.Claims.All.Keys.Order());
        Assert.All(session.Claims.All, c => Assert.Equal<object?>([.. c.Value], [.. read.Claims[c.Key]]));
    }

    [Fact]
    public async Task A_token_without_end_stays_without_end()
    {
        OAuthTokenRecord token = new("access", "Bearer", DateTimeOffset.MaxValue, "");
        await _store.PutSessionAsync(Samples.Session("s") with { OAuthToken = token }, default);
        OAuthTokenRecord? read = (await _store.GetSessionAsync("s", default))!.OAuthToken;
        Assert.Equal(9999, read!.ExpiresAt.Year);
    }

    [Fact]
    public async Task A_user_comes_back_as_it_was_written()
    {
        UserRecord user = new()
        {
            Id = "u",
            Name = "Ann",
            Email = "ann@example.com",
            Claims = Samples.Claims(("hd", ["example.com"])),
        };
        await _store.PutUserAsync(user, default);
        UserRecord? read = await _store.GetUserAsync("u", default);
        Assert.Equal(user with { Claims = read!.Claims }, read);
        Assert.Equal("example.com", read.Claims.Text("hd"));
    }

    [Fact]
    public async Task A_write_says_its_version()
    {
        RecordVersion first = await _store.PutSessionAsync(Samples.Session("s"), default);
        RecordVersion second = await _store.PutSessionAsync(Samples.Session("t"), default);
        Assert.Equal(first.Server, second.Server);
        Assert.Equal(first.Record + 1, second.Record);
    }

    [Fact]
    public async Task Deleting_twice_is_no_error_and_an_update_does_not_bring_it_back()
    {
        await _store.PutSessionAsync(Samples.Session("s"), default);
        await _store.DeleteSessionAsync("s", default);
        await _store.DeleteSessionAsync("s", default);
        Assert.False(await _store.UpdateSessionAsync(Samples.Session("s"), default));
        Assert.Null(await _store.GetSessionAsync("s", default));
    }

    [Fact]
    public async Task Sessions_are_listed_without_users_and_without_the_deleted()
    {
        await _store.PutSessionAsync(Samples.Session("s"), default);
        await _store.PutSessionAsync(Samples.Session("t"), default);
        await _store.PutUserAsync(new UserRecord { Id = "u" }, default);
        await _store.DeleteSessionAsync("s", default);
        List<string> ids = [];
        await foreach (SessionRecord session in _store.ListSessionsAsync(default))
        {
            ids.Add(session.Id);
        }
        Assert.Equal(["t"], ids);
    }

    /// <summary>Bytes by the field numbers of state 5.1, written by hand.</summary>
    [Fact]
    public void The_encoding_is_the_one_of_the_broker_protocol()
    {
        SessionRecord session = new()
        {
            Id = "ab",
            UserId = "c",
            ProviderId = "d",
            IssuedAt = DateTimeOffset.MinValue,
            AccessedAt = DateTimeOffset.MinValue,
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(300),
            Claims = Samples.Claims(("k", ["v"])),
        };
        string hex = Convert.ToHexString(SessionEncoding.Encode(session).Span);
        Assert.Equal(
            "12026162" // 2: id
                + "1A0163" // 3: user id
                + "220508AC021000" // 4: expires at
                + "4A0A0A016B12050A031A0176" // 9: claims
                + "A2010164", // 20: provider id
            hex
        );
    }

    [Fact]
    public void Fields_of_later_versions_are_skipped()
    {
        byte[] bytes =
        [
            .. SessionEncoding.Encode(Samples.Session("s")).Span,
            0xF8,
            0x07,
            0x01, // 127: varint
            0xFA,
            0x07,
            0x01,
            0x41, // 127: bytes
            0xFD,
            0x07,
            1,
            2,
            3,
            4, // 127: 32 bits
            0xF9,
            0x07,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8, // 127: 64 bits
        ];
        Assert.Equal("s", SessionEncoding.Decode(bytes).Id);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("1203")]
    [InlineData("12FFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("16")]
    public void Broken_bytes_are_a_format_error(string hex) =>
        Assert.Throws<FormatException>(() => SessionEncoding.Decode(Convert.FromHexString(hex)));
}
