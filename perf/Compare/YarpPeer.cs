using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.IdentityModel.Tokens;
using Yarp.ReverseProxy.Configuration;

namespace Pomerium.Fast.Compare;

/// <summary>YARP on Kestrel with its defaults, no log; with JwtBearer and a claim policy in the authenticated scenario.</summary>
internal static class YarpPeer
{
    private const string PolicyName = "five";

    public static async Task ServeAsync(int port, CompareOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(
                port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (options.YarpCertificate.Length > 0)
                    {
                        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(
                            options.YarpCertificate,
                            options.YarpKey
                        );
                        // A key that only lives in memory must take this way round to serve TLS.
                        listen.UseHttps(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null));
                    }
                }
            )
        );
        bool auth = options.YarpJwtKey.Length > 0;
        if (auth)
        {
            AddAuthentication(builder, options.YarpJwtKey);
        }
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory(
                [
                    new RouteConfig
                    {
                        RouteId = "all",
                        ClusterId = "app",
                        Match = new RouteMatch { Path = "{**rest}" },
                        AuthorizationPolicy = auth ? PolicyName : null,
                    },
                ],
                [
                    new ClusterConfig
                    {
                        ClusterId = "app",
                        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
                        {
                            ["one"] = new DestinationConfig { Address = options.YarpUpstream },
                        },
                    },
                ]
            );
        WebApplication app = builder.Build();
        if (auth)
        {
            app.UseAuthentication();
            app.UseAuthorization();
        }
        app.MapReverseProxy();
        await app.RunAsync();
    }

    private static void AddAuthentication(WebApplicationBuilder builder, string publicKey)
    {
        ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(publicKey));
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(bearer =>
            {
                bearer.MapInboundClaims = false;
                bearer.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidateIssuer = false,
                    ValidateAudience = false,
                    IssuerSigningKey = new ECDsaSecurityKey(key),
                    ValidAlgorithms = ["ES256"],
                };
            });
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(
                PolicyName,
                static policy =>
                    policy
                        .RequireAuthenticatedUser()
                        .RequireClaim("email", "alice@example.com")
                        .RequireClaim("groups", "admins")
            );
    }
}
