using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// The way to providers (identity 4.2): system trust plus <c>certificate_authority</c>, 10 s and 1 MiB per answer, no
/// redirects. One per configuration; thread-safe.
/// </summary>
public sealed class ProviderHttp : IDisposable
{
    private const int AnswerBytesMax = 1024 * 1024;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client;
    private readonly X509Certificate2Collection _roots = [];

    public ProviderHttp(ImmutableArray<ReadOnlyMemory<byte>> certificateAuthorities)
    {
        foreach (ReadOnlyMemory<byte> pem in certificateAuthorities)
        {
            _roots.ImportFromPem(System.Text.Encoding.UTF8.GetString(pem.Span));
        }
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None, // a small answer must not become a big one
            ConnectTimeout = TimeMax,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        };
        if (_roots.Count > 0)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = Verify;
        }
        _client = ClientOver(handler);
    }

    /// <summary>Over another way than the network.</summary>
    internal ProviderHttp(HttpMessageHandler handler) => _client = ClientOver(handler);

    /// <summary>The whole answer; <see cref="ProviderException"/> when there is none in time and size.</summary>
    public async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, cancellation);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return new ProviderAnswer(
                (int)response.StatusCode,
                response.Content.Headers.ContentType?.MediaType ?? "",
                body,
                response.Headers.RetryAfter?.Delta
            );
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ProviderException(
                ProviderFault.Unavailable,
                $"{Place(request)} gave no answer in {TimeMax.TotalSeconds:0} s",
                e
            );
        }
        catch (HttpRequestException e)
        {
            throw new ProviderException(ProviderFault.Unavailable, $"{Place(request)}: {e.Message}", e);
        }
    }

    private static HttpClient ClientOver(HttpMessageHandler handler)
    {
        HttpClient client = new(handler) { Timeout = TimeMax, MaxResponseContentBufferSize = AnswerBytesMax };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("pomerium-fast", null));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    public void Dispose()
    {
        _client.Dispose();
        foreach (X509Certificate2 root in _roots)
        {
            root.Dispose();
        }
    }

    /// <summary>Where a request went, without its query: that may hold secrets.</summary>
    private static string Place(HttpRequestMessage request) => request.RequestUri!.GetLeftPart(UriPartial.Path);

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return errors == SslPolicyErrors.None;
        }
        using X509Chain own = new();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_roots);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement element in chain?.ChainElements ?? new X509Chain().ChainElements)
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }
        using X509Certificate2 leaf = new(certificate);
        return own.Build(leaf);
    }
}

/// <summary>An answer of a provider, whole.</summary>
public sealed record ProviderAnswer(int Status, string MediaType, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body as a JSON object; <see cref="ProviderException"/> when it is none.</summary>
    public JsonElement Object(string place)
    {
        try
        {
            JsonElement root = JsonElement.Parse(Body.Span);
            return root.ValueKind == JsonValueKind.Object
                ? root
                : throw new ProviderException(ProviderFault.Unavailable, $"{place}: the answer is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderFault.Unavailable, $"{place}: the answer is not JSON", e);
        }
    }
}
