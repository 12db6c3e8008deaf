using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Server.ControlPlane.Pages;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

/// <summary>The user-info page and its JSON twin (identity 7.3). No raw token is shown.</summary>
internal static class UserInfoView
{
    private static readonly string[] Dates = ["iat", "exp", "nbf", "auth_time", "updated_at"];

    public static Task WriteAsync(PageRequest request, UserInfoAnswer info)
    {
        if (request.Accepts("application/json"))
        {
            return PageWriter.JsonAsync(request, 200, Json(info.User));
        }
        ImmutableArray<string> targets = request.State.Flow.Settings.AuthenticateOrigin is { Length: > 0 } origin
            ? [origin]
            : [];
        return PageWriter.PageAsync(request, 200, UserInfoPage.Create(Model(request, info.User)), targets);
    }

    private static UserInfoModel Model(PageRequest request, SignedInUser? user)
    {
        PageFrame frame = PageWriter.Frame(request, "User Info", showsMenu: user is not null);
        if (user is null)
        {
            return new UserInfoModel { Frame = frame };
        }
        SessionRecord session = user.Session;
        string name = session.Claims.Text("name");
        string email = user.User?.Email is { Length: > 0 } known ? known : session.Claims.Text("email");
        return new UserInfoModel
        {
            Frame = frame,
            IsSignedIn = true,
            DisplayName =
                name.Length > 0 ? name
                : email.Length > 0 ? email
                : session.UserId,
            Email = email,
            Picture = Picture(session.Claims.Text("picture")),
            Rows = Rows(session),
            Groups = [.. session.Claims["groups"].Select(Text)],
            SignOutToken = request.State.Flow.SignOutToken(session.Id, request.Authority),
        };
    }

    private static List<InfoRow> Rows(SessionRecord session)
    {
        List<InfoRow> rows =
        [
            new("Session ID", [session.Id]),
            new("User ID", [session.UserId]),
            new("Expires At", [session.ExpiresAt.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture)]),
        ];
        rows.AddRange(
            session
                .Claims.All.OrderBy(static c => c.Key, StringComparer.Ordinal)
                .Select(static c => new InfoRow(c.Key, [.. c.Value.Select(v => Shown(c.Key, v))]))
        );
        return rows;
    }

    private static string Shown(string claim, object? value) =>
        value is double seconds and > 0 and < 253402300799 && Dates.Contains(claim, StringComparer.Ordinal)
            ? $"{Text(value)} ({DateTimeOffset.FromUnixTimeSeconds((long)seconds):yyyy-MM-dd HH:mm:ss}Z)"
            : Text(value);

    private static string Text(object? value) =>
        value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            double number => ((decimal)Math.Clamp(number, -7e27, 7e27)).ToString(CultureInfo.InvariantCulture),
            _ => "",
        };

    /// <summary>Only what the page's policy would load anyway; never a script in disguise.</summary>
    private static string Picture(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" ? uri.AbsoluteUri : "";

    private static ReadOnlyMemory<byte> Json(SignedInUser? user)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (user is not null)
            {
                json.WriteStartObject("session"u8);
                json.WriteString("id"u8, user.Session.Id);
                json.WriteString("userId"u8, user.Session.UserId);
                json.WriteString("expiresAt"u8, user.Session.ExpiresAt);
                Claims(json, user.Session.Claims);
                json.WriteStartArray("deviceCredentials"u8);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteStartObject("user"u8);
                json.WriteString("id"u8, user.Session.UserId);
                json.WriteString("name"u8, user.User?.Name ?? "");
                Claims(json, user.User?.Claims ?? ClaimSet.Empty);
                json.WriteStartArray("deviceCredentialIds"u8);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void Claims(Utf8JsonWriter json, ClaimSet claims)
    {
        json.WriteStartObject("claims"u8);
        foreach ((string name, ImmutableArray<object?> values) in claims.All)
        {
            json.WriteStartArray(name);
            foreach (object? value in values)
            {
                switch (value)
                {
                    case string text:
                        json.WriteStringValue(text);
                        break;
                    case bool truth:
                        json.WriteBooleanValue(truth);
                        break;
                    case double number:
                        json.WriteNumberValue(number);
                        break;
                    default:
                        json.WriteNullValue();
                        break;
                }
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
