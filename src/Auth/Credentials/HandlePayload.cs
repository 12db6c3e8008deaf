using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.Auth.Credentials;

/// <summary>Claims of a handle (state 5.1). Members that are not named here have no effect (identity 3.1).</summary>
internal static class HandlePayload
{
    public static void Write(SessionHandle handle, IBufferWriter<byte> into)
    {
        using Utf8JsonWriter json = new(into);
        json.WriteStartObject();
        json.WriteString("iss"u8, handle.Issuer);
        json.WriteString("sub"u8, handle.UserId);
        json.WriteStartArray("aud"u8);
        foreach (string host in handle.Audience)
        {
            json.WriteStringValue(host);
        }
        json.WriteEndArray();
        WriteTime(json, "exp"u8, handle.ExpiresAt);
        WriteTime(json, "nbf"u8, handle.NotBefore);
        WriteTime(json, "iat"u8, handle.IssuedAt);
        json.WriteString("jti"u8, handle.Id);
        if (handle.ProviderId.Length > 0)
        {
            json.WriteString("idp_id"u8, handle.ProviderId);
        }
        if (handle.Version.Server != 0)
        {
            json.WriteNumber("databroker_server_version"u8, handle.Version.Server);
            json.WriteNumber("databroker_record_version"u8, handle.Version.Record);
        }
        json.WriteEndObject();
    }

    /// <summary>Null without a session id.</summary>
    public static SessionHandle? Read(ReadOnlySpan<byte> payload)
    {
        Utf8JsonReader reader = new(payload);
        string id = "",
            subject = "",
            directoryId = "",
            provider = "",
            issuer = "";
        long issuedAt = 0,
            expiresAt = 0,
            notBefore = 0;
        ulong server = 0,
            record = 0;
        ImmutableArray<string> audience = [];
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (Next(ref reader))
            {
                case "jti":
                    id = reader.GetString() ?? "";
                    break;
                case "sub":
                    subject = reader.GetString() ?? "";
                    break;
                case "oid":
                    directoryId = reader.GetString() ?? "";
                    break;
                case "idp_id":
                    provider = reader.GetString() ?? "";
                    break;
                case "iss":
                    issuer = reader.GetString() ?? "";
                    break;
                case "aud":
                    audience = ReadAudience(ref reader);
                    break;
                case "iat":
                    issuedAt = ReadTime(ref reader);
                    break;
                case "exp":
                    expiresAt = ReadTime(ref reader);
                    break;
                case "nbf":
                    notBefore = ReadTime(ref reader);
                    break;
                case "databroker_server_version":
                    server = ReadVersion(ref reader);
                    break;
                case "databroker_record_version":
                    record = ReadVersion(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return id.Length == 0
            ? null
            : new SessionHandle
            {
                Id = id,
                UserId = directoryId.Length > 0 ? directoryId : subject,
                ProviderId = provider,
                Issuer = issuer,
                Audience = audience,
                IssuedAt = issuedAt,
                ExpiresAt = expiresAt,
                NotBefore = notBefore,
                Version = new RecordVersion(server, record),
            };
    }

    private static string Next(ref Utf8JsonReader reader)
    {
        string name = reader.GetString()!;
        reader.Read();
        return name;
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, long seconds)
    {
        if (seconds != 0)
        {
            json.WriteNumber(name, seconds);
        }
    }

    private static ImmutableArray<string> ReadAudience(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [reader.GetString() ?? ""];
        }
        ImmutableArray<string>.Builder hosts = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            hosts.Add(reader.GetString() ?? "");
        }
        return hosts.ToImmutable();
    }

    /// <summary>A NumericDate may have a fraction (RFC 7519 2). A date that is not a number makes the handle unreadable.</summary>
    private static long ReadTime(ref Utf8JsonReader reader)
    {
        double seconds = reader.GetDouble();
        return seconds is > 0 and < 1e14 ? (long)seconds : throw new JsonException();
    }

    private static ulong ReadVersion(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
            ? ulong.Parse(reader.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture)
            : reader.GetUInt64();
}
