using System.Collections.Immutable;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>What a sign-in endpoint answers; the control plane turns it into HTTP and pages.</summary>
public abstract record FlowAnswer
{
    /// <summary>Whole Set-Cookie values.</summary>
    public ImmutableArray<string> SetCookies { get; init; } = [];
}

/// <summary>302.</summary>
public sealed record RedirectAnswer(string Location) : FlowAnswer;

/// <summary>A page that goes on by itself, where a redirect would not carry the cookie just set (SameSite=Strict).</summary>
public sealed record RefreshAnswer(string Target) : FlowAnswer;

/// <summary>An error page.</summary>
/// <param name="Description">Shown; holds nothing secret.</param>
public sealed record ErrorAnswer(int Status, string Description) : FlowAnswer
{
    /// <summary>What the user can do next; null when nothing helps.</summary>
    public FlowLink? Next { get; init; }

    /// <summary>For the log; never holds a token, code or cookie.</summary>
    public string Cause { get; init; } = "";
}

/// <param name="Url">Absolute https, or a path of this host.</param>
public sealed record FlowLink(string Text, string Url);

/// <summary>Short plain text.</summary>
public sealed record TextAnswer(int Status, string Body) : FlowAnswer;

/// <summary>Asks whether to sign out; a form POST with the token says yes.</summary>
/// <param name="FormTargets">Origins that the redirects after the POST may lead to, for the page's policy.</param>
public sealed record ConfirmSignOutAnswer(string CsrfToken, string RedirectUri, ImmutableArray<string> FormTargets)
    : FlowAnswer;

/// <summary>The page after a sign-out.</summary>
public sealed record SignedOutAnswer : FlowAnswer;

/// <summary>The user-info page of the session, or of nobody.</summary>
public sealed record UserInfoAnswer(SignedInUser? User) : FlowAnswer;
