using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.H1;

/// <summary>How long a body is and whether the connection goes on (RFC 9112 6, 9.3). What could be read two ways is refused.</summary>
internal static class MessageFraming
{
    private const int ConnectionElementsMax = 100;

    public static FailureKind OfRequest(RequestHead head)
    {
        head.KeepAlive = true;
        FailureKind failure = ReadLengths(head.Headers, out BodyKind body, out long length);
        if (failure != FailureKind.None)
        {
            return failure;
        }
        if (head.IsConnect && body != BodyKind.None)
        {
            return FailureKind.MalformedRequest;
        }
        head.Body = body;
        head.ContentLength = length;
        bool upgradeNamed = false;
        if (!ReadConnection(head.Headers, out bool close, ref upgradeNamed))
        {
            return FailureKind.MalformedRequest;
        }
        head.KeepAlive = !close;
        head.AsksUpgrade =
            upgradeNamed
            && head.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> token)
            && !token.IsEmpty
            && !System.Text.Ascii.EqualsIgnoreCase(token, "h2c"u8);
        return ReadExpectation(head);
    }

    /// <summary>None when the answer is well-formed; anything else is the upstream's mistake (hardening 4).</summary>
    public static FailureKind OfResponse(ResponseHead head, bool toHead, bool http10)
    {
        FailureKind failure = ReadLengths(head.Headers, out BodyKind body, out long length);
        bool ignored = false;
        if (
            failure != FailureKind.None
            || (http10 && body == BodyKind.Chunked)
            || !ReadConnection(head.Headers, out bool close, ref ignored)
        )
        {
            return FailureKind.UpstreamMalformed;
        }
        head.KeepAlive = !close && !http10;
        if (toHead || head.Status is 204 or 304 or < 200)
        {
            head.Body = BodyKind.None;
            head.ContentLength = length; // what HEAD and 304 say of a body that does not follow
            return FailureKind.None;
        }
        bool untilClose = body == BodyKind.None && head.Headers.IndexOf(KnownHeader.ContentLength) < 0;
        head.Body = untilClose ? BodyKind.UntilClose : body;
        head.ContentLength = length;
        head.KeepAlive &= !untilClose;
        return FailureKind.None;
    }

    private static FailureKind ReadLengths(HeaderBlock headers, out BodyKind body, out long length)
    {
        body = BodyKind.None;
        length = 0;
        int codingAt = headers.IndexOf(KnownHeader.TransferEncoding);
        int lengthAt = headers.IndexOf(KnownHeader.ContentLength);
        if (codingAt < 0 && lengthAt < 0)
        {
            return FailureKind.None;
        }
        if (codingAt >= 0)
        {
            if (lengthAt >= 0 || headers.IndexOf(KnownHeader.TransferEncoding, codingAt + 1) >= 0)
            {
                return FailureKind.MalformedRequest;
            }
            body = BodyKind.Chunked;
            return CheckCoding(headers.Value(codingAt));
        }
        if (
            headers.IndexOf(KnownHeader.ContentLength, lengthAt + 1) >= 0
            || !Octets.TryLength(headers.Value(lengthAt), out length)
        )
        {
            return FailureKind.MalformedRequest;
        }
        body = length == 0 ? BodyKind.None : BodyKind.Length;
        return FailureKind.None;
    }

    /// <summary>Exactly one <c>chunked</c>. A well-formed other coding is 501; a malformed one is 400.</summary>
    private static FailureKind CheckCoding(ReadOnlySpan<byte> value)
    {
        if (System.Text.Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            return FailureKind.None;
        }
        bool other = false;
        foreach (Range part in value.Split((byte)','))
        {
            ReadOnlySpan<byte> coding = Octets.TrimBlanks(value[part]);
            if (coding.IsEmpty || coding.ContainsAnyExcept(Octets.Token))
            {
                return FailureKind.MalformedRequest;
            }
            other |=
                !System.Text.Ascii.EqualsIgnoreCase(coding, "chunked"u8)
                && !System.Text.Ascii.EqualsIgnoreCase(coding, "identity"u8);
        }
        return other ? FailureKind.UnsupportedTransferCoding : FailureKind.MalformedRequest;
    }

    /// <summary>False when the Connection header has more elements than anybody needs.</summary>
    private static bool ReadConnection(HeaderBlock headers, out bool close, ref bool upgrade)
    {
        close = false;
        int elements = 0;
        for (
            int i = headers.IndexOf(KnownHeader.Connection);
            i >= 0;
            i = headers.IndexOf(KnownHeader.Connection, i + 1)
        )
        {
            ReadOnlySpan<byte> value = headers.Value(i);
            foreach (Range part in value.Split((byte)','))
            {
                ReadOnlySpan<byte> option = Octets.TrimBlanks(value[part]);
                if (++elements > ConnectionElementsMax)
                {
                    return false;
                }
                close |= System.Text.Ascii.EqualsIgnoreCase(option, "close"u8);
                upgrade |= System.Text.Ascii.EqualsIgnoreCase(option, "upgrade"u8);
            }
        }
        return true;
    }

    private static FailureKind ReadExpectation(RequestHead head)
    {
        if (!head.Headers.TryGet(KnownHeader.Expect, out ReadOnlySpan<byte> expect))
        {
            return FailureKind.None;
        }
        if (!System.Text.Ascii.EqualsIgnoreCase(expect, "100-continue"u8))
        {
            return FailureKind.UnsupportedExpectation;
        }
        head.ExpectsContinue = head.Body != BodyKind.None;
        return FailureKind.None;
    }
}
