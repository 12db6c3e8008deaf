using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>Why a credential is not a handle of ours; for the debug log, never with the token itself.</summary>
public enum HandleFault : byte
{
    None,
    TooLong,
    NotCompact,
    WrongAlgorithm,
    WrongSignature,
    WrongPayload,
    NoSessionId,
}

/// <summary>
/// Session handles as signed JWTs (identity 0, 3.1): compact, HS256 by the shared secret, no other algorithm.
/// Thread-safe. The signature is checked before anything is parsed, so hostile text costs one MAC and no exception.
/// </summary>
public sealed class HandleCodec(ReadOnlyMemory<byte> sharedSecret)
{
    public const int LengthMax = 4096;
    private const int SignatureBytes = 32;
    private const int SignatureText = 43; // base64url of 32 bytes without padding

    // {"alg":"HS256","typ":"JWT"} and the dot
    private static ReadOnlySpan<byte> EncodedHeader => "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."u8;

    public string Encode(SessionHandle handle)
    {
        ArrayBufferWriter<byte> payload = new(512);
        HandlePayload.Write(handle, payload);
        byte[] token = new byte[
            EncodedHeader.Length + Base64Url.GetEncodedLength(payload.WrittenCount) + 1 + SignatureText
        ];
        EncodedHeader.CopyTo(token);
        int signed = EncodedHeader.Length;
        signed += Base64Url.EncodeToUtf8(payload.WrittenSpan, token.AsSpan(signed));
        Span<byte> mac = stackalloc byte[SignatureBytes];
        HMACSHA256.HashData(sharedSecret.Span, token.AsSpan(0, signed), mac);
        token[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(mac, token.AsSpan(signed + 1));
        return Encoding.ASCII.GetString(token);
    }

    /// <summary>The handle if it is ours and whole; its times are the caller's to check, since they change.</summary>
    public SessionHandle? Verify(ReadOnlySpan<byte> token, out HandleFault fault)
    {
        if (token.Length > LengthMax)
        {
            fault = HandleFault.TooLong;
            return null;
        }
        int header = token.IndexOf((byte)'.');
        int payload = token.LastIndexOf((byte)'.');
        if (header <= 0 || payload <= header + 1 || token[(header + 1)..payload].Contains((byte)'.'))
        {
            fault = HandleFault.NotCompact;
            return null;
        }
        if (!IsSigned(token[..payload], token[(payload + 1)..]))
        {
            fault = HandleFault.WrongSignature;
            return null;
        }
        if (!IsHs256(token[..header]))
        {
            fault = HandleFault.WrongAlgorithm;
            return null;
        }
        return Read(token[(header + 1)..payload], out fault);
    }

    public SessionHandle? Verify(string token, out HandleFault fault)
    {
        if (token.Length > LengthMax || !Ascii.IsValid(token))
        {
            fault = token.Length > LengthMax ? HandleFault.TooLong : HandleFault.NotCompact;
            return null;
        }
        return Verify(Encoding.ASCII.GetBytes(token), out fault);
    }

    private bool IsSigned(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> mac = stackalloc byte[SignatureBytes];
        Span<byte> text = stackalloc byte[SignatureText];
        HMACSHA256.HashData(sharedSecret.Span, signed, mac);
        Base64Url.EncodeToUtf8(mac, text);
        // Compared as text: one signature has one spelling, so one handle has one raw form.
        return CryptographicOperations.FixedTimeEquals(text, signature);
    }

    private static bool IsHs256(ReadOnlySpan<byte> encoded)
    {
        if (encoded.SequenceEqual(EncodedHeader[..^1]))
        {
            return true;
        }
        Span<byte> json = stackalloc byte[256];
        if (
            encoded.Length > 340
            || Base64Url.DecodeFromUtf8(encoded, json, out _, out int length) != OperationStatus.Done
        )
        {
            return false;
        }
        try
        {
            return NamesHs256Once(json[..length]);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool NamesHs256Once(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        bool seen = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isAlgorithm = reader.ValueTextEquals("alg"u8);
            if (reader.ValueTextEquals("crit"u8))
            {
                return false; // RFC 7515 4.1.11: an extension that is not understood
            }
            reader.Read();
            if (isAlgorithm && (seen || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("HS256"u8)))
            {
                return false;
            }
            seen |= isAlgorithm;
            reader.Skip();
        }
        return seen;
    }

    private static SessionHandle? Read(ReadOnlySpan<byte> encoded, out HandleFault fault)
    {
        Span<byte> json = stackalloc byte[LengthMax];
        fault = HandleFault.WrongPayload;
        if (Base64Url.DecodeFromUtf8(encoded, json, out _, out int length) != OperationStatus.Done)
        {
            return null;
        }
        try
        {
            SessionHandle? handle = HandlePayload.Read(json[..length]);
            fault = handle is null ? HandleFault.NoSessionId : HandleFault.None;
            return handle;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
