using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary>
/// The sign-in of one configuration as a state machine over plain records. Nothing is kept in memory between its steps:
/// any instance can take over at each arrow. Thread-safe; a reload makes a new one.
/// <code>
/// route's address --302--> sign_in --302--> provider --302--> oauth2/callback --302--> sign_in
///                             |                                                           |
///                             +--------------- session on the authenticate host ---------+
///                                                          302
///                                                           v
///                                          callback on the route's host --302 + cookie--> route's address
/// </code>
/// </summary>
public sealed class SignInFlow
{
    private readonly SignInStep _signIn;
    private readonly ProviderCallback _providerCallback;
    private readonly RouteCallback _routeCallback;
    private readonly SignOut _signOut;
    private readonly SignedOutTarget _signedOut;
    private readonly ProgrammaticLogin _programmatic;
    private readonly UserInfo _userInfo;

    public SignInFlow(SignInSettings settings, ILogger<SignInFlow> log)
    {
        Settings = settings;
        _signIn = new SignInStep(settings, log);
        _providerCallback = new ProviderCallback(settings, log);
        _routeCallback = new RouteCallback(settings);
        _signOut = new SignOut(settings, log);
        _signedOut = new SignedOutTarget(settings);
        _programmatic = new ProgrammaticLogin(settings);
        _userInfo = new UserInfo(settings, log);
    }

    public SignInSettings Settings { get; }

    public ValueTask<FlowAnswer> SignInAsync(FlowRequest request, CancellationToken cancellation) =>
        _signIn.HandleAsync(request, cancellation);

    public ValueTask<FlowAnswer> ProviderCallbackAsync(FlowRequest request, CancellationToken cancellation) =>
        _providerCallback.HandleAsync(request, cancellation);

    public FlowAnswer RouteCallback(FlowRequest request) => _routeCallback.Handle(request);

    public ValueTask<FlowAnswer> SignOutAsync(FlowRequest request, CancellationToken cancellation) =>
        _signOut.HandleAsync(request, cancellation);

    public FlowAnswer SignedOut(FlowRequest request) => _signedOut.Answer(request);

    /// <param name="providerId">Of the route that the host matches, else the default.</param>
    public FlowAnswer ProgrammaticLogin(FlowRequest request, string providerId) =>
        _programmatic.Handle(request, providerId);

    public ValueTask<FlowAnswer> UserInfoAsync(FlowRequest request, CancellationToken cancellation) =>
        _userInfo.HandleAsync(request, cancellation);

    /// <summary>For a sign-out form of the session on a page of this host.</summary>
    public string SignOutToken(string sessionId, string authority) => _signOut.CsrfToken(sessionId, authority);
}
