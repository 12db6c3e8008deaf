using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Policy.Criteria;

internal enum CriterionKind : byte
{
    /// <summary>Known when compiled.</summary>
    Constant,

    /// <summary>Depends on who asks; found out once per subject.</summary>
    Session,

    /// <summary>Depends on the request, the connection or the clock; asked each time, on the bytes of the head.</summary>
    Request,
}

/// <summary>One test that rules refer to by number. Immutable; shared by all routes that ask the same.</summary>
internal abstract class Criterion(CriterionKind kind, Reasons whenTrue, Reasons whenFalse)
{
    public CriterionKind Kind { get; } = kind;
    public Reasons WhenTrue { get; } = whenTrue;
    public Reasons WhenFalse { get; } = whenFalse;

    public Reasons ReasonOf(bool holds) => holds ? WhenTrue : WhenFalse;
}

internal sealed class ConstantCriterion(bool holds, Reasons reason) : Criterion(CriterionKind.Constant, reason, reason)
{
    public bool Holds { get; } = holds;
}

/// <summary>Asked of a signed-in subject only: an anonymous one never meets it, with the reason to sign in (policy 3).</summary>
internal abstract class SessionCriterion(Reasons whenTrue, Reasons whenFalse)
    : Criterion(CriterionKind.Session, whenTrue, whenFalse)
{
    public abstract bool Holds(PolicySubject subject);
}

internal abstract class RequestCriterion(Reasons whenTrue, Reasons whenFalse)
    : Criterion(CriterionKind.Request, whenTrue, whenFalse)
{
    public abstract bool Holds(Exchange exchange);
}
