namespace Pomerium.Fast.Auth.SignIn;

/// <summary>Query parameters of the sign-in chain (identity 0.2).</summary>
public static class SignInParameter
{
    public const string RedirectUri = "pomerium_redirect_uri";
    public const string ProviderId = "pomerium_idp_id";
    public const string CallbackUri = "pomerium_callback_uri";
    public const string Programmatic = "pomerium_programmatic";
    public const string SessionEncrypted = "pomerium_session_encrypted";
    public const string Jwt = "pomerium_jwt";
    public const string AdditionalHosts = "pomerium_additional_hosts";
    public const string Issued = "pomerium_issued";
    public const string Expiry = "pomerium_expiry";
    public const string Signature = "pomerium_signature";
    public const string TraceParent = "pomerium_traceparent";
    public const string TraceState = "pomerium_tracestate";
    public const string LoginNonce = "pomerium_login_nonce";
    public const string SessionHash = "pomerium_sid";
}

/// <summary>Paths of the endpoints that take part in signing in and out (identity 1).</summary>
public static class SignInPath
{
    public const string Root = "/.pomerium/";
    public const string SignIn = "/.pomerium/sign_in";
    public const string SignOut = "/.pomerium/sign_out";
    public const string SignedOut = "/.pomerium/signed_out";
    public const string Callback = "/.pomerium/callback/";
}
