using System.Globalization;
using System.Text;
using Pomerium.Fast.Config.Policy;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Explain;

internal readonly record struct PlainResult(bool Holds, Reasons Reason, string Seen);

/// <summary>Each criterion of policy 3, asked on plain texts.</summary>
internal sealed class PlainCriteria(Exchange exchange, PolicySubject subject, bool certificateWanted)
{
    public PlainResult Ask(PolicyCriterion criterion)
    {
        PolicyValue data = criterion.Data;
        return criterion.Name switch
        {
            "accept" => new PlainResult(true, Reasons.Accept, ""),
            "reject" => new PlainResult(false, Reasons.Reject, ""),
            "pomerium_routes" => new PlainResult(false, Reasons.NonPomeriumRoute, ""),
            "cors_preflight" => Choose(IsPreflight(), Reasons.CorsRequest, Reasons.NonCorsRequest, Method),
            "http_method" => Choose(
                PlainMatchers.Text(data, Method),
                Reasons.HttpMethodOk,
                Reasons.HttpMethodUnauthorized,
                Method
            ),
            "http_path" => Choose(
                PlainMatchers.Text(data, Path),
                Reasons.HttpPathOk,
                Reasons.HttpPathUnauthorized,
                Path
            ),
            "source_ip" => Choose(IsFrom(data), Reasons.SourceIpOk, Reasons.SourceIpUnauthorized, Address),
            "client_certificate" => new PlainResult(false, Reasons.ClientCertificateUnauthorized, "none"),
            "invalid_client_certificate" => Choose(
                certificateWanted,
                Reasons.ClientCertificateRequired,
                Reasons.ValidClientCertificate,
                "none"
            ),
            "date" => Choose(PlainTimes.Date(data, Now), Reasons.DateOk, Reasons.DateUnauthorized, Seen(Now)),
            "day_of_week" => Choose(
                PlainTimes.DayOfWeek(data, Now),
                Reasons.DayOfWeekOk,
                Reasons.DayOfWeekUnauthorized,
                Seen(Now)
            ),
            "time_of_day" => Choose(
                PlainTimes.TimeOfDay(data, Now),
                Reasons.TimeOfDayOk,
                Reasons.TimeOfDayUnauthorized,
                Seen(Now)
            ),
            _ when subject.IsAnonymous => new PlainResult(false, Reasons.UserUnauthenticated, "no session"),
            _ => AskSession(criterion),
        };
    }

    private PlainResult AskSession(PolicyCriterion criterion)
    {
        PolicyValue data = criterion.Data;
        string[] names = subject.Login.Length > 0 ? [subject.UserId, subject.Login] : [subject.UserId];
        return criterion.Name switch
        {
            "authenticated_user" => Choose(
                subject.UserId is not "",
                Reasons.UserOk,
                Reasons.UserUnauthorized,
                subject.UserId
            ),
            "user" => Choose(
                PlainMatchers.Text(data, names),
                Reasons.UserOk,
                Reasons.UserUnauthorized,
                string.Join(" or ", names)
            ),
            "email" => Choose(
                PlainMatchers.Text(data, subject.Email),
                Reasons.EmailOk,
                Reasons.EmailUnauthorized,
                subject.Email
            ),
            "domain" => Choose(
                subject.Domain is { } domain && PlainMatchers.Text(data, domain),
                Reasons.DomainOk,
                Reasons.DomainUnauthorized,
                subject.Email
            ),
            "claim" => AskClaim(criterion),
            "device" => new PlainResult(false, Reasons.DeviceUnauthenticated, "none"),
            _ => throw new ArgumentException($"unknown criterion {criterion.Name}", nameof(criterion)),
        };
    }

    private PlainResult AskClaim(PolicyCriterion criterion)
    {
        object?[] values = [.. subject.Claim(criterion.SubPath)];
        return Choose(
            PlainMatchers.List(criterion.Data, values),
            Reasons.ClaimOk,
            Reasons.ClaimUnauthorized,
            $"[{string.Join(", ", values)}]"
        );
    }

    private static PlainResult Choose(bool holds, Reasons whenTrue, Reasons whenFalse, string seen) =>
        new(holds, holds ? whenTrue : whenFalse, seen);

    private string Method => Encoding.UTF8.GetString(exchange.Request.Method);

    /// <summary>Decoded once (policy 3.5); a malformed escape stays as written.</summary>
    private string Path
    {
        get
        {
            List<byte> decoded = [];
            ReadOnlySpan<byte> path = exchange.Request.Path;
            for (int i = 0; i < path.Length; i++)
            {
                string escape = i + 2 < path.Length ? Encoding.Latin1.GetString(path.Slice(i, 3)) : "";
                bool isEscape = escape is ['%', _, _] && escape[1..].All(char.IsAsciiHexDigit);
                decoded.Add(isEscape ? Convert.ToByte(escape[1..], 16) : path[i]);
                i += isEscape ? 2 : 0;
            }
            return Encoding.UTF8.GetString([.. decoded]);
        }
    }

    private string Address => exchange.ClientAddress.ToIPAddress().ToString();

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(exchange.Loop.UnixMs);

    private static string Seen(DateTimeOffset now) =>
        now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private bool IsFrom(PolicyValue data)
    {
        UInt128 address = new(exchange.ClientAddress.High, exchange.ClientAddress.Low);
        return data.OneOrMany()
            .Texts()
            .Any(text => AddressRange.TryParse(text, out AddressRange range) && range.Contains(address));
    }

    private bool IsPreflight() =>
        Method is "OPTIONS" && HeaderLength("origin"u8) > 0 && HeaderLength("access-control-request-method"u8) > 0;

    private int HeaderLength(ReadOnlySpan<byte> name) =>
        exchange.Request.Headers.TryGet(name, out ReadOnlySpan<byte> value) ? value.Length : 0;
}
