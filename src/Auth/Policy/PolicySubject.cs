using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// Who asks, as policies see it: the facts of one session record and one user record, fixed. A changed record makes a
/// new subject. Any thread may use it; what policies found out about it is remembered without locks.
/// </summary>
public sealed class PolicySubject
{
    private readonly ClaimSet _sessionClaims;
    private readonly ClaimSet _userClaims;
    private SubjectVerdicts? _verdicts;

    /// <param name="login">Login name that counts as user id too; GitHub sessions only (policy 3.1).</param>
    /// <param name="directoryEmail">E-mail of the user's directory record; empty when there is none.</param>
    public PolicySubject(SessionRecord session, UserRecord? user, string login = "", string directoryEmail = "")
        : this(session.UserId, Either(directoryEmail, user?.Email ?? ""), login, session.Claims, user?.Claims) { }

    private PolicySubject(string userId, string email, string login, ClaimSet sessionClaims, ClaimSet? userClaims)
    {
        UserId = userId;
        Email = email;
        Login = login;
        Domain = DomainOf(email);
        _sessionClaims = sessionClaims;
        _userClaims = userClaims ?? ClaimSet.Empty;
    }

    /// <summary>A client without a valid session; one for all.</summary>
    public static PolicySubject Anonymous { get; } = new("", "", "", ClaimSet.Empty, null);

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    /// <summary>The <c>sub</c> of sign-in, without any provider prefix.</summary>
    public string UserId { get; }
    public string Email { get; }

    /// <summary>A second name for <see cref="UserId"/>; empty when there is none.</summary>
    public string Login { get; }

    /// <summary>Between the first and the second <c>@</c> of the e-mail; null without any.</summary>
    public string? Domain { get; }

    /// <summary>
    /// Values of a claim, those of the user before those of the session; empty when it is missing. The name is taken
    /// literally first, then with a dot for every slash, as nested claims are stored (policy 3.2).
    /// </summary>
    public ImmutableArray<object?> Claim(string path)
    {
        if (TryClaim(path, out ImmutableArray<object?> values))
        {
            return values;
        }
        return path.Contains('/') && TryClaim(path.Replace('/', '.'), out values) ? values : [];
    }

    /// <summary>What the policy set of that number has found out so far.</summary>
    internal SubjectVerdicts VerdictsOf(long policySet, int criteria)
    {
        SubjectVerdicts? verdicts = Volatile.Read(ref _verdicts);
        if (verdicts is null || verdicts.PolicySet != policySet)
        {
            // Two threads may both make one; the loser's findings are found again.
            verdicts = new SubjectVerdicts(policySet, criteria);
            Volatile.Write(ref _verdicts, verdicts);
        }
        return verdicts;
    }

    private bool TryClaim(string name, out ImmutableArray<object?> values) =>
        _userClaims.All.TryGetValue(name, out values) || _sessionClaims.All.TryGetValue(name, out values);

    private static string Either(string first, string second) => first.Length > 0 ? first : second;

    private static string? DomainOf(string email)
    {
        int at = email.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }
        int end = email.IndexOf('@', at + 1);
        return end < 0 ? email[(at + 1)..] : email[(at + 1)..end];
    }
}
