using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Providers;

/// <summary>
/// Asks a token endpoint (RFC 6749 4.1.3, 6). Authenticates by Basic, or by form fields where only those are offered
/// or Basic was once refused (identity 4.2).
/// </summary>
internal sealed class TokenEndpoint(ProviderHttp http, string clientId, string clientSecret, TimeProvider clock)
{
    private volatile bool _byForm;

    /// <summary>The token with the raw answer, which may hold an ID token.</summary>
    public async ValueTask<(OAuthTokenRecord Token, JsonElement Answer)> AskAsync(
        string endpoint,
        IEnumerable<string> methods,
        IReadOnlyDictionary<string, string> grant,
        CancellationToken cancellation
    )
    {
        List<string> offered = [.. methods];
        bool byForm = _byForm || (offered.Contains("client_secret_post") && !offered.Contains("client_secret_basic"));
        ProviderAnswer answer = await SendAsync(endpoint, grant, byForm, cancellation);
        if (answer.Status == 401 && !byForm)
        {
            answer = await SendAsync(endpoint, grant, byForm: true, cancellation);
            _byForm = answer.IsSuccess;
        }
        if (!answer.IsSuccess)
        {
            throw Refusal(endpoint, answer);
        }
        JsonElement body = answer.Object(endpoint);
        // GitHub reports errors with 200 (RFC 6749 would have it 400).
        return Text(body, "error").Length > 0 ? throw Refusal(endpoint, answer) : (Read(endpoint, body), body);
    }

    /// <summary>RFC 7009; the answer does not matter beyond success.</summary>
    public async ValueTask RevokeAsync(string endpoint, string token, string hint, CancellationToken cancellation)
    {
        Dictionary<string, string> form = new(StringComparer.Ordinal) { ["token"] = token, ["token_type_hint"] = hint };
        ProviderAnswer answer = await SendAsync(endpoint, form, byForm: true, cancellation);
        if (!answer.IsSuccess)
        {
            throw Refusal(endpoint, answer);
        }
    }

    internal static string Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private async Task<ProviderAnswer> SendAsync(
        string endpoint,
        IReadOnlyDictionary<string, string> fields,
        bool byForm,
        CancellationToken cancellation
    )
    {
        Dictionary<string, string> form = new(fields, StringComparer.Ordinal);
        using HttpRequestMessage request = new(HttpMethod.Post, endpoint);
        if (byForm)
        {
            form["client_id"] = clientId;
            form["client_secret"] = clientSecret;
        }
        else
        {
            // RFC 6749 2.3.1: both parts are form-encoded before they are joined.
            string pair = $"{Encode(clientId)}:{Encode(clientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.ASCII.GetBytes(pair))
            );
        }
        request.Content = new FormUrlEncodedContent(form);
        return await http.SendAsync(request, cancellation);
    }

    private static string Encode(string value)
    {
        StringBuilder text = new();
        QueryParameters.FormEncode(text, value);
        return text.ToString();
    }

    private OAuthTokenRecord Read(string endpoint, JsonElement body)
    {
        string access = Text(body, "access_token");
        if (access.Length == 0)
        {
            throw new ProviderException(ProviderFault.Unavailable, $"{endpoint}: no access_token in the answer");
        }
        string type = Text(body, "token_type");
        return new OAuthTokenRecord(
            access,
            type.Length == 0 ? "Bearer" : type,
            Expiry(body),
            Text(body, "refresh_token")
        );
    }

    private DateTimeOffset Expiry(JsonElement body)
    {
        if (!body.TryGetProperty("expires_in", out JsonElement value))
        {
            return DateTimeOffset.MaxValue;
        }
        double seconds = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String
                when double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out double number) => number,
            _ => 0,
        };
        // A century stands for never; more would leave the calendar.
        return seconds > 0 ? clock.GetUtcNow().AddSeconds(Math.Min(seconds, 3.2e9)) : DateTimeOffset.MaxValue;
    }

    private static ProviderException Refusal(string endpoint, ProviderAnswer answer)
    {
        string error = "";
        try
        {
            error = Text(answer.Object(endpoint), "error");
        }
        catch (ProviderException)
        {
            // Only the status is known then.
        }
        bool temporary = answer.Status is >= 500 or 429 || error is "temporarily_unavailable" or "server_error";
        ProviderFault fault =
            temporary ? ProviderFault.Unavailable
            : error is "invalid_grant" or "bad_verification_code" ? ProviderFault.InvalidGrant
            : ProviderFault.Refused;
        string word = error.All(static c => char.IsAsciiLetterLower(c) || c == '_') ? error : "error";
        return new ProviderException(fault, $"{endpoint} answered {answer.Status} {word}".TrimEnd())
        {
            RetryAfter = answer.RetryAfter,
        };
    }
}
