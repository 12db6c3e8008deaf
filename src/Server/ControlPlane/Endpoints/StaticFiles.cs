using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

/// <summary>Style, script and icons of the pages: in the binary, with strong entity tags (identity 1.1).</summary>
internal static class StaticFiles
{
    private sealed record Asset(byte[] Body, string Type, string Tag);

    private static readonly FrozenDictionary<string, Asset> Assets = new (string Name, string Type)[]
    {
        ("index.css", "text/css; charset=utf-8"),
        ("index.js", "text/javascript; charset=utf-8"),
        ("favicon.ico", "image/x-icon"),
        ("favicon-16x16.png", "image/png"),
        ("favicon-32x32.png", "image/png"),
        ("apple-touch-icon.png", "image/png"),
    }.ToFrozenDictionary(static a => "/.pomerium/" + a.Name, static a => Load(a.Name, a.Type), StringComparer.Ordinal);

    public static IEnumerable<string> Paths => Assets.Keys;

    public static Task WriteAsync(PageRequest request)
    {
        Asset asset = Assets[request.Path];
        request.Response.Headers.XContentTypeOptions = "nosniff";
        return Tagged.WriteAsync(request, asset.Type, asset.Body, asset.Tag, "no-cache, must-revalidate");
    }

    private static Asset Load(string name, string type)
    {
        using Stream stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream("assets/" + name)
            ?? throw new InvalidOperationException($"the asset {name} is not in the binary");
        byte[] body = new byte[stream.Length];
        stream.ReadExactly(body);
        return new Asset(body, type, Tagged.TagOf(body));
    }
}

/// <summary>Answers with an entity tag, and 304 to who has the same already.</summary>
internal static class Tagged
{
    public static string TagOf(ReadOnlySpan<byte> body) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\"";

    public static Task WriteAsync(
        PageRequest request,
        string type,
        ReadOnlyMemory<byte> body,
        string tag,
        string caching
    )
    {
        IHeaderDictionary headers = request.Response.Headers;
        headers.ETag = tag;
        headers.CacheControl = caching;
        foreach (string? given in request.Http.Request.Headers.IfNoneMatch)
        {
            if (given is "*" || given?.Contains(tag, StringComparison.Ordinal) == true)
            {
                request.Response.StatusCode = 304;
                return Task.CompletedTask;
            }
        }
        return PageWriter.BodyAsync(request, 200, type, body);
    }
}
