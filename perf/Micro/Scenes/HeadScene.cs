using System.Text;
using Pomerium.Fast.Http.H1;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Micro.Scenes;

/// <summary>Request heads as they occur: of the load tool and of a browser.</summary>
internal sealed class HeadScene
{
    private static readonly byte[] Short = "GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n"u8.ToArray();

    private static readonly byte[] Browser = Encoding.ASCII.GetBytes(
        "GET /wiki/page?id=12 HTTP/1.1\r\n"
            + "Host: app.example.com\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
            + "Accept-Language: en-US,en;q=0.5\r\n"
            + "Accept-Encoding: gzip, deflate, br, zstd\r\n"
            + "Referer: https://app.example.com/wiki\r\n"
            + "Connection: keep-alive\r\n"
            + $"Cookie: theme=dark; _pomerium={new string('a', 400)}\r\n"
            + "Upgrade-Insecure-Requests: 1\r\n"
            + "Sec-Fetch-Dest: document\r\n"
            + "Sec-Fetch-Mode: navigate\r\n"
            + "Sec-Fetch-Site: same-origin\r\n"
            + "Priority: u=0, i\r\n\r\n"
    );

    private readonly RequestHead _into = new();

    public int ParseShort() => Parse(Short);

    public int ParseBrowser() => Parse(Browser);

    private int Parse(byte[] head)
    {
        _into.Reset();
        return RequestHeadParser.Parse(head, _into, HeadRules.Default, out _) == FailureKind.None
            ? _into.Headers.Count
            : throw new InvalidOperationException("the head is refused");
    }
}
