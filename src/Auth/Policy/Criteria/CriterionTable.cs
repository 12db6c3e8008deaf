using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>Makes each criterion of policy 3 from its checked data.</summary>
internal static class CriterionTable
{
    /// <param name="certificateWanted">Authorities for client certificates are configured, see <see cref="DownstreamAuthorities"/>.</param>
    public static Criterion Make(PolicyCriterion criterion, bool certificateWanted) =>
        criterion.Name switch
        {
            "accept" => new ConstantCriterion(holds: true, Reasons.Accept),
            "reject" => new ConstantCriterion(holds: false, Reasons.Reject),
            "pomerium_routes" => new ConstantCriterion(holds: false, Reasons.NonPomeriumRoute),
            "authenticated_user" => new AuthenticatedUserCriterion(),
            "user" => new UserCriterion(new TextMatcher(criterion.Data)),
            "email" => new EmailCriterion(new TextMatcher(criterion.Data)),
            "domain" => new DomainCriterion(new TextMatcher(criterion.Data)),
            "claim" => new ClaimCriterion(criterion.SubPath, criterion.Data),
            "device" => new DeviceCriterion(),
            "client_certificate" => new ConstantCriterion(holds: false, Reasons.ClientCertificateUnauthorized),
            "invalid_client_certificate" => certificateWanted
                ? new ConstantCriterion(holds: true, Reasons.ClientCertificateRequired)
                : new ConstantCriterion(holds: false, Reasons.ValidClientCertificate),
            "http_method" => new HttpMethodCriterion(new Utf8Matcher(criterion.Data)),
            "http_path" => new HttpPathCriterion(new Utf8Matcher(criterion.Data)),
            "cors_preflight" => new CorsPreflightCriterion(),
            "source_ip" => new SourceIpCriterion(new AddressSet(criterion.Data.OneOrMany().Texts())),
            "date" => new DateCriterion(criterion.Data),
            "day_of_week" => new DayOfWeekCriterion(criterion.Data),
            "time_of_day" => new TimeOfDayCriterion(criterion.Data),
            _ => throw new ArgumentException($"unknown criterion {criterion.Name}", nameof(criterion)),
        };
}
