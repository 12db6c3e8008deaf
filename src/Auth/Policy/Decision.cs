using System.Runtime.InteropServices;

namespace Pomerium.Fast.Auth.Policy;

public enum PolicyOutcome : byte
{
    Deny,
    Allow,

    /// <summary>The client has to sign in first.</summary>
    Login,

    /// <summary>The user has to register a device first.</summary>
    Device,

    /// <summary>A client certificate is missing or not valid.</summary>
    Certificate,
}

/// <summary>What a route's policy says to one request: truths and reasons of both actions, and the outcome that follows from them.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Decision
{
    public Decision(bool allow, Reasons allowReasons, bool deny, Reasons denyReasons)
    {
        Allow = allow;
        AllowReasons = allowReasons;
        Deny = deny;
        DenyReasons = denyReasons;
        Outcome = Decide(allow, deny, allowReasons, denyReasons);
    }

    public PolicyOutcome Outcome { get; }

    /// <summary>Truth of the allow rules, not the outcome (policy 9.1).</summary>
    public bool Allow { get; }

    /// <summary>Truth of the deny rules.</summary>
    public bool Deny { get; }

    /// <summary>Kept reasons of the allow rules (policy 2.3).</summary>
    public Reasons AllowReasons { get; }

    /// <summary>Kept reasons of the deny rules.</summary>
    public Reasons DenyReasons { get; }

    public bool IsAllowed => Outcome == PolicyOutcome.Allow;

    /// <summary>The reasons that decided: those of the side that did, of both for a login or a device.</summary>
    public Reasons Reasons =>
        Outcome switch
        {
            PolicyOutcome.Login or PolicyOutcome.Device => AllowReasons | DenyReasons,
            PolicyOutcome.Certificate => DenyReasons,
            PolicyOutcome.Deny when Deny => DenyReasons,
            _ => AllowReasons,
        };

    /// <summary>Status for a browser; other clients get 401 for 302 (policy 1.4). 200 stands for the upstream's.</summary>
    public int Status =>
        Outcome switch
        {
            PolicyOutcome.Allow => 200,
            PolicyOutcome.Login or PolicyOutcome.Device => 302,
            PolicyOutcome.Certificate => 495,
            _ => Refusal(Reasons),
        };

    // The rows of policy 1.2, in their order.
    private static PolicyOutcome Decide(bool allow, bool deny, Reasons allowReasons, Reasons denyReasons)
    {
        if ((denyReasons & Reasons.CertificateRefusal) != Reasons.None)
        {
            return PolicyOutcome.Certificate;
        }
        Reasons kept = allowReasons | denyReasons;
        if ((kept & Reasons.UserUnauthenticated) != Reasons.None)
        {
            return PolicyOutcome.Login;
        }
        if ((kept & Reasons.DeviceUnauthenticated) != Reasons.None)
        {
            return PolicyOutcome.Device;
        }
        return allow && !deny ? PolicyOutcome.Allow : PolicyOutcome.Deny;
    }

    private static int Refusal(Reasons reasons)
    {
        if ((reasons & Reasons.DeviceUnauthorized) != Reasons.None)
        {
            return 450;
        }
        return (reasons & Reasons.CertificateRefusal) != Reasons.None ? 495 : 403;
    }
}
