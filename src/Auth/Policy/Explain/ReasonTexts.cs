namespace Pomerium.Fast.Auth.Policy.Explain;

/// <summary>Reasons of a refusal in words for the person who was refused, and what that person can do.</summary>
public static class ReasonTexts
{
    /// <summary>One text for each reason that explains a refusal, in the order of the reasons' names.</summary>
    public static IReadOnlyList<string> Of(Decision decision)
    {
        // A deny rule that held names what was met; an allow rule that failed names what was missing.
        bool refusedByRule = decision.Deny;
        return
        [
            .. ReasonNames
                .Of(decision.Reasons)
                .Select(name => refusedByRule ? Excluded(name) : Missing(name))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>What to do next; one sentence.</summary>
    public static string NextStep(Decision decision) =>
        decision.Outcome switch
        {
            PolicyOutcome.Allow => "",
            PolicyOutcome.Login => "Sign in and try again.",
            PolicyOutcome.Device => "This page needs a registered device; ask the administrator of this site.",
            PolicyOutcome.Certificate =>
                "Install the client certificate that your administrator gave you, and try again.",
            _ when (decision.Reasons & Identity) != Reasons.None =>
                "If you have another account, sign out and sign in with it; else ask the administrator of this site for access.",
            _ when (decision.Reasons & Time) != Reasons.None => "Try again at a time when access is allowed.",
            _ when (decision.Reasons & Network) != Reasons.None =>
                "Connect from an allowed network, for example through the company's VPN, and try again.",
            _ => "Ask the administrator of this site for access.",
        };

    private const Reasons Identity =
        Reasons.EmailUnauthorized
        | Reasons.EmailOk
        | Reasons.DomainUnauthorized
        | Reasons.DomainOk
        | Reasons.UserUnauthorized
        | Reasons.UserOk
        | Reasons.ClaimUnauthorized
        | Reasons.ClaimOk;

    private const Reasons Time =
        Reasons.DateUnauthorized | Reasons.DayOfWeekUnauthorized | Reasons.TimeOfDayUnauthorized;

    private const Reasons Network = Reasons.SourceIpUnauthorized | Reasons.SourceIpOk;

    private static string Missing(string name) =>
        name switch
        {
            "claim-unauthorized" => "Your account is not in a group or role that has access.",
            "client-certificate-required" => "No client certificate was presented.",
            "client-certificate-unauthorized" => "Your client certificate is not one of those with access.",
            "date-unauthorized" => "Access is not allowed at this date.",
            "day-of-week-unauthorized" => "Access is not allowed on this day of the week.",
            "device-unauthenticated" => "Your device is not registered.",
            "device-unauthorized" => "Your device is not approved.",
            "domain-unauthorized" => "Your e-mail domain does not have access.",
            "email-unauthorized" => "Your e-mail address does not have access.",
            "http-method-unauthorized" => "This kind of request is not allowed.",
            "http-path-unauthorized" => "This path is not open to you.",
            "invalid-client-certificate" => "Your client certificate is not valid.",
            "route-not-found" => "There is nothing at this address.",
            "source-ip-unauthorized" => "Your network address does not have access.",
            "time-of-day-unauthorized" => "Access is not allowed at this time of day.",
            "user-unauthenticated" => "You are not signed in.",
            "user-unauthorized" => "Your user does not have access.",
            _ => "The rules of this page do not admit the request.",
        };

    private static string Excluded(string name) =>
        name switch
        {
            "claim-ok" or "claim-unauthorized" => "The groups or roles of your account are excluded.",
            "date-ok" or "date-unauthorized" => "Access is not allowed at this date.",
            "day-of-week-ok" or "day-of-week-unauthorized" => "Access is not allowed on this day of the week.",
            "domain-ok" or "domain-unauthorized" => "Your e-mail domain is excluded.",
            "email-ok" or "email-unauthorized" => "Your e-mail address is excluded.",
            "http-method-ok" or "http-method-unauthorized" => "This kind of request is excluded.",
            "http-path-ok" or "http-path-unauthorized" => "This path is excluded.",
            "source-ip-ok" or "source-ip-unauthorized" => "Your network address is excluded.",
            "time-of-day-ok" or "time-of-day-unauthorized" => "Access is not allowed at this time of day.",
            "user-ok" or "user-unauthorized" => "Your user is excluded.",
            _ => Missing(name),
        };
}
