using System.Net;
using Pomerium.Fast.Parts;

namespace Pomerium.Fast.SystemTests.Kill;

/// <summary>An upstream that dies in the middle of its answer is never taken for one that has finished.</summary>
public sealed class UpstreamDeathTests
{
    [Theory]
    [InlineData(Death.BeforeHead)]
    [InlineData(Death.InHead)]
    [InlineData(Death.InLengthBody)]
    [InlineData(Death.InChunkedBody)]
    [InlineData(Death.InOpenBodyByReset)]
    public async Task Client_sees_an_error_or_a_cut_connection(Death death)
    {
        using DyingUpstream upstream = new(death);
        await using PlainServer server = await PlainServer.StartAsync(upstream.Address);
        using HttpClient client = new() { BaseAddress = server.Address };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync("/");
            string body = await answer.Content.ReadAsStringAsync();
            Assert.True(
                answer.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable,
                $"{answer.StatusCode} with a complete body: {body}"
            );
            Assert.True(death is Death.BeforeHead or Death.InHead, body);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            Assert.False(death is Death.BeforeHead or Death.InHead, $"no answer at all: {cut.Message}");
        }
        Assert.False(server.Process.HasEnded);
    }

    [Fact]
    public async Task Upstream_that_is_not_there_is_503()
    {
        await using PlainServer server = await PlainServer.StartAsync($"http://127.0.0.1:{Places.FreePort()}");
        using HttpClient client = new() { BaseAddress = server.Address };
        using HttpResponseMessage answer = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }
}
