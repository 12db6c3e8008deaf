using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pomerium.Fast.Parts;

/// <summary>The real OpenID Connect provider (npm oidc-provider), as its own process on loopback.</summary>
public sealed class OidcProvider : IDisposable
{
    public const string ClientId = "pomerium";
    public const string ClientSecret = "a-client-secret-of-at-least-32-characters";
    private readonly Process _process;
    private readonly HttpClient _control;

    private OidcProvider(Process process, Uri issuer)
    {
        _process = process;
        Issuer = issuer;
        _control = new HttpClient { BaseAddress = issuer };
    }

    public Uri Issuer { get; }

    /// <param name="folder">Where provider.js and its node_modules lie.</param>
    /// <param name="options">See the head of provider.js.</param>
    public static async Task<OidcProvider> StartAsync(string folder, JsonObject options)
    {
        ProcessStartInfo start = new("node", ["provider.js", options.ToJsonString()])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true, // its end tells the provider that we are gone
        };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("node does not start");
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                return new OidcProvider(process, new Uri(line["ready ".Length..]));
            }
        }
        throw new InvalidOperationException("the provider ended before it was ready");
    }

    /// <summary>Who signs in next; <c>deny</c> refuses.</summary>
    public async Task ChooseUserAsync(string id) =>
        (await _control.PostAsJsonAsync("test/user", new JsonObject { ["id"] = id })).EnsureSuccessStatusCode();

    /// <summary>Replaces the next answers of a path; see provider.js.</summary>
    public async Task FaultAsync(string path, int status, string body = "{}", int times = 1, int delayMs = 0) =>
        (
            await _control.PostAsJsonAsync(
                "test/fault",
                new JsonObject
                {
                    ["path"] = path,
                    ["status"] = status,
                    ["body"] = body,
                    ["times"] = times,
                    ["delay"] = delayMs,
                }
            )
        ).EnsureSuccessStatusCode();

    /// <summary>How often a path was asked for since the start.</summary>
    public async Task<int> CallsAsync(string path)
    {
        JsonElement calls = await _control.GetFromJsonAsync<JsonElement>("test/calls");
        return calls.TryGetProperty(path, out JsonElement count) ? count.GetInt32() : 0;
    }

    public void Dispose()
    {
        _control.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5000);
        }
        _process.Dispose();
    }
}
