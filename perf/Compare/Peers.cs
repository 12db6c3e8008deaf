using System.Security.Cryptography;
using System.Text;

namespace Pomerium.Fast.Compare;

/// <summary>
/// Starts the peers, each equally fair: one thread, keep-alive to both sides, no log, the same upstream, key and
/// TLS versions.
/// </summary>
internal static class Peers
{
    public static async Task<Peer> NginxUpstreamAsync(Workplace place)
    {
        int port = Workplace.FreePort();
        string config = place.Write(
            "upstream.conf",
            Nginx(
                place,
                "upstream",
                $$"""
                server {
                  listen 127.0.0.1:{{port}} reuseport;
                  location / { return 200 "hello from upstream\n"; }
                }
                """
            )
        );
        Peer peer = new("upstream", Peer.Start("nginx", ["-c", config]), port);
        await Peer.WaitForAsync(peer.Process, port);
        return peer;
    }

    public static async Task<Peer> NginxAsync(Workplace place, int upstream, bool tls)
    {
        int port = Workplace.FreePort();
        string listen = tls
            ? $"listen 127.0.0.1:{port} ssl; ssl_certificate {place.Certificate}; ssl_certificate_key {place.Key}; ssl_protocols TLSv1.3;"
            : $"listen 127.0.0.1:{port};";
        string config = place.Write(
            $"nginx-{(tls ? "tls" : "plain")}.conf",
            Nginx(
                place,
                $"nginx{port}",
                $$"""
                upstream app { server 127.0.0.1:{{upstream}}; keepalive 128; keepalive_requests 1000000000; }
                server {
                  {{listen}}
                  location / {
                    proxy_pass http://app;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  }
                }
                """
            )
        );
        Peer peer = new("nginx", Peer.Start("nginx", ["-c", config]), port);
        await Peer.WaitForAsync(peer.Process, port);
        return peer;
    }

    public static async Task<Peer> HaproxyAsync(Workplace place, int upstream, bool tls, bool auth)
    {
        int port = Workplace.FreePort();
        string bind = tls ? $"ssl crt {place.Both} alpn http/1.1 ssl-min-ver TLSv1.3" : "";
        string check = auth
            ? $"""
                  http-request set-var(txn.bearer) http_auth_bearer
                  http-request deny unless {"{"} var(txn.bearer),jwt_header_query('$.alg') -m str ES256 {"}"}
                  http-request deny unless {"{"} var(txn.bearer),jwt_verify("ES256","{place.TokenPublicKey}") -m int 1 {"}"}
                """
            : "";
        string config = place.Write(
            $"haproxy-{port}.cfg",
            $"""
            global
              nbthread 1
              maxconn 4000
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              http-reuse always
              option http-keep-alive
            frontend f
              bind 127.0.0.1:{port} {bind}
              option forwardfor
            {check}
              default_backend b
            backend b
              server s 127.0.0.1:{upstream} pool-max-conn 128

            """
        );
        Peer peer = new(
            "haproxy",
            Peer.Start("haproxy", ["-f", config]),
            port,
            auth ? $"Authorization: Bearer {Token(place)}" : null
        );
        await Peer.WaitForAsync(peer.Process, port);
        return peer;
    }

    public static async Task<Peer> YarpAsync(Workplace place, int upstream, bool tls, bool auth)
    {
        int port = Workplace.FreePort();
        List<string> arguments =
        [
            Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)
                ? typeof(Peers).Assembly.Location
                : "",
            "--yarp-port",
            $"{port}",
            "--yarp-upstream",
            $"http://127.0.0.1:{upstream}",
        ];
        arguments.RemoveAll(static a => a.Length == 0);
        if (tls)
        {
            arguments.AddRange(["--yarp-certificate", place.Certificate, "--yarp-key", place.Key]);
        }
        if (auth)
        {
            arguments.AddRange(["--yarp-jwt-key", place.TokenPublicKey]);
        }
        Peer peer = new(
            "yarp",
            Peer.Start(Environment.ProcessPath!, arguments, ("DOTNET_PROCESSOR_COUNT", "1"), ("DOTNET_gcServer", "0")),
            port,
            auth ? $"Authorization: Bearer {Token(place)}" : null
        );
        await Peer.WaitForAsync(peer.Process, port);
        return peer;
    }

    /// <summary>An ES256 token with the claims that the policy of the scenario asks for.</summary>
    private static string Token(Workplace place)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string signed =
            Encode("""{"alg":"ES256","typ":"JWT"}""")
            + "."
            + Encode(
                $$"""{"sub":"alice","email":"alice@example.com","groups":["admins","eng"],"iat":{{now}},"exp":{{now + 86400}}}"""
            );
        byte[] signature = place.TokenKey.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return signed + "." + System.Buffers.Text.Base64Url.EncodeToString(signature);
    }

    private static string Encode(string json) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Nginx(Workplace place, string name, string http) =>
        $$"""
            daemon off;
            worker_processes 1;
            pid {{place.Folder}}/{{name}}.pid;
            error_log {{place.Folder}}/{{name}}.log;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 300s;
              client_body_temp_path {{place.Folder}}/body;
              proxy_temp_path {{place.Folder}}/proxy;
              fastcgi_temp_path {{place.Folder}}/fastcgi;
              uwsgi_temp_path {{place.Folder}}/uwsgi;
              scgi_temp_path {{place.Folder}}/scgi;
            {{http}}
            }

            """;
}
