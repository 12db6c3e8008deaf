namespace Pomerium.Fast.Auth.Policy.Criteria;

/// <summary>A session with a user id (policy 3).</summary>
internal sealed class AuthenticatedUserCriterion() : SessionCriterion(Reasons.UserOk, Reasons.UserUnauthorized)
{
    public override bool Holds(PolicySubject subject) => subject.UserId.Length > 0;
}

/// <summary>The user id, or for providers that have one the login name (policy 3.1).</summary>
internal sealed class UserCriterion(TextMatcher matcher) : SessionCriterion(Reasons.UserOk, Reasons.UserUnauthorized)
{
    public override bool Holds(PolicySubject subject) =>
        subject.Login.Length > 0 ? matcher.Matches(subject.UserId, subject.Login) : matcher.Matches(subject.UserId);
}

/// <summary>The e-mail, empty for a session without one (policy 3.1).</summary>
internal sealed class EmailCriterion(TextMatcher matcher) : SessionCriterion(Reasons.EmailOk, Reasons.EmailUnauthorized)
{
    public override bool Holds(PolicySubject subject) => matcher.Matches(subject.Email);
}

/// <summary>The domain of the e-mail; false whatever the operator when there is none (policy 3.1).</summary>
internal sealed class DomainCriterion(TextMatcher matcher)
    : SessionCriterion(Reasons.DomainOk, Reasons.DomainUnauthorized)
{
    public override bool Holds(PolicySubject subject) => subject.Domain is { } domain && matcher.Matches(domain);
}

/// <summary>
/// A registered device (policy 3.3). Sessions of this build have none, so a signed-in user never has the one that is
/// asked for; the reason decides, and it never admits.
/// </summary>
internal sealed class DeviceCriterion() : SessionCriterion(Reasons.DeviceOk, Reasons.DeviceUnauthenticated)
{
    public override bool Holds(PolicySubject subject) => false;
}
