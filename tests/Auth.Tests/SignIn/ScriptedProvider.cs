using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Tests.SignIn;

/// <summary>An OpenID Connect provider on loopback that does what the test tells it, also what no provider should.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    public const string ClientId = "client";
    public const string ClientSecret = "a secret & more";
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private static readonly RSAParameters Key = NewKey();
    private readonly RSA _key = RSA.Create(Key);
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge)> _codes = new();

    private ScriptedProvider(WebApplication app, TimeProvider clock)
    {
        _app = app;
        _clock = clock;
    }

    public string Issuer { get; private set; } = "";

    /// <summary>Paths in the order of the calls.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Last word on the payload of ID tokens.</summary>
    public Action<JsonObject> Claims { get; set; } = static _ => { };

    /// <summary>Last word on the signed ID token.</summary>
    public Func<JsonObject, string>? Mint { get; set; }
    public Action<JsonObject> UserInfo { get; set; } = static _ => { };
    public Action<JsonObject> Discovery { get; set; } = static _ => { };
    public (int Status, string Body)? TokenAnswer { get; set; }
    public (int Status, string Body)? UserInfoAnswer { get; set; }
    public (int Status, string Body)? DiscoveryAnswer { get; set; }
    public bool RefusesBasic { get; set; }
    public IReadOnlyList<string> Revoked => [.. _revoked];
    public JsonObject LastTokenRequest { get; private set; } = [];
    private readonly ConcurrentQueue<string> _revoked = new();

    public static async Task<ScriptedProvider> StartAsync(TimeProvider clock)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        ScriptedProvider provider = new(app, clock);
        RequestDelegate all = provider.HandleAsync;
        app.Run(all);
        await app.StartAsync();
        provider.Issuer = app.Urls.First();
        return provider;
    }

    /// <summary>The user says yes: the address to which the provider sends the browser back.</summary>
    public string Approve(string authorizationUrl)
    {
        QueryParameters query = QueryOf(authorizationUrl);
        string code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (query["nonce"], query["code_challenge"]);
        return query["redirect_uri"]
            + "?"
            + new QueryParameters().Set("code", code).Set("state", query["state"]).Encode();
    }

    public static QueryParameters QueryOf(string url)
    {
        Assert.True(QueryParameters.TryParse(url.AsSpan(url.IndexOf('?') + 1), out QueryParameters? query));
        return query;
    }

    public string Sign(JsonObject payload, string? kid = "k1", string algorithm = "RS256", JsonObject? extra = null)
    {
        JsonObject header = new() { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null)
        {
            header["kid"] = kid;
        }
        foreach ((string name, JsonNode? value) in extra ?? [])
        {
            header[name] = value?.DeepClone();
        }
        string input = Encode(header) + "." + Encode(payload);
        byte[] signature = _key.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return input + "." + Base64Url.EncodeToString(signature);
    }

    public static string SignWith(JsonObject payload, string algorithm, byte[] key)
    {
        string input = Encode(new JsonObject { ["alg"] = algorithm, ["kid"] = "k1" }) + "." + Encode(payload);
        byte[] mac = key.Length == 0 ? [] : HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(input));
        return input + "." + Base64Url.EncodeToString(mac);
    }

    public byte[] PublicPem => Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    /// <summary>One for all: making one takes longer than most tests.</summary>
    private static RSAParameters NewKey()
    {
        using RSA key = RSA.Create(2048);
        return key.ExportParameters(includePrivateParameters: true);
    }

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private async Task HandleAsync(HttpContext http)
    {
        string path = http.Request.Path.Value!;
        Calls.Enqueue(path);
        switch (path)
        {
            case "/.well-known/openid-configuration":
                await WriteAsync(http, DiscoveryAnswer ?? (200, Document().ToJsonString()));
                break;
            case "/jwks":
                RSAParameters key = _key.ExportParameters(false);
                JsonObject jwk = new()
                {
                    ["kty"] = "RSA",
                    ["use"] = "sig",
                    ["kid"] = "k1",
                    ["n"] = Base64Url.EncodeToString(key.Modulus),
                    ["e"] = Base64Url.EncodeToString(key.Exponent),
                };
                await WriteAsync(http, (200, new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString()));
                break;
            case "/token":
                await TokenAsync(http);
                break;
            case "/userinfo":
                JsonObject info = new()
                {
                    ["sub"] = "alice",
                    ["email"] = "alice@example.com",
                    ["email_verified"] = "true",
                };
                UserInfo(info);
                await WriteAsync(http, UserInfoAnswer ?? (200, info.ToJsonString()));
                break;
            case "/revoke":
                IFormCollection form = await http.Request.ReadFormAsync();
                _revoked.Enqueue($"{form["token_type_hint"]}:{form["token"]}");
                break;
            default:
                http.Response.StatusCode = 404;
                break;
        }
    }

    private JsonObject Document()
    {
        JsonObject document = new()
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["userinfo_endpoint"] = Issuer + "/userinfo",
            ["jwks_uri"] = Issuer + "/jwks",
            ["revocation_endpoint"] = Issuer + "/revoke",
            ["end_session_endpoint"] = Issuer + "/end",
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "HS256", "none"),
        };
        Discovery(document);
        return document;
    }

    private async Task TokenAsync(HttpContext http)
    {
        IFormCollection form = await http.Request.ReadFormAsync();
        LastTokenRequest = new JsonObject
        {
            ["authorization"] = http.Request.Headers.Authorization.ToString(),
            ["client_secret"] = form["client_secret"].ToString(),
        };
        bool basic = http.Request.Headers.Authorization.Count > 0;
        if (basic && RefusesBasic)
        {
            await WriteAsync(http, (401, """{"error":"invalid_client"}"""));
            return;
        }
        if (TokenAnswer is { } answer)
        {
            await WriteAsync(http, answer);
            return;
        }
        (string Nonce, string Challenge) asked = ("", "");
        bool known = form["grant_type"] == "refresh_token" || _codes.TryRemove(form["code"].ToString(), out asked);
        string verifier = form["code_verifier"].ToString();
        bool proven =
            string.IsNullOrEmpty(asked.Challenge)
            || asked.Challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        if (!known || !proven)
        {
            await WriteAsync(http, (400, """{"error":"invalid_grant"}"""));
            return;
        }
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        JsonObject payload = new()
        {
            ["iss"] = Issuer,
            ["aud"] = ClientId,
            ["sub"] = "alice",
            ["iat"] = now,
            ["exp"] = now + 300,
            ["name"] = "Alice",
            ["groups"] = new JsonArray("admins", "eng"),
            ["address"] = new JsonObject { ["country"] = "CH" },
        };
        if (asked.Nonce.Length > 0)
        {
            payload["nonce"] = asked.Nonce;
        }
        Claims(payload);
        JsonObject body = new()
        {
            ["access_token"] = "access-1",
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
            ["refresh_token"] = "refresh-1",
            ["id_token"] = Mint is { } mint ? mint(payload) : Sign(payload),
        };
        await WriteAsync(http, (200, body.ToJsonString()));
    }

    private static async Task WriteAsync(HttpContext http, (int Status, string Body) answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.Body);
    }
}
