using Pomerium.Fast.Auth.Providers;

namespace Pomerium.Fast.Auth.SignIn;

/// <summary><c>/.pomerium/api/v1/login</c> (identity 5.1): a program asks for the URL that its user opens.</summary>
internal sealed class ProgrammaticLogin(SignInSettings settings)
{
    /// <param name="providerId">Of the route that the host matches, else the default.</param>
    public FlowAnswer Handle(FlowRequest request, string providerId)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return new TextAnswer(405, "Method Not Allowed");
        }
        if (settings.AuthenticateOrigin.Length == 0 || settings.Providers.Find(providerId) is null)
        {
            return new ErrorAnswer(503, "Sign-in is not configured on this server.");
        }
        if (
            !QueryParameters.TryParse(request.Query, out QueryParameters? parameters)
            || parameters[SignInParameter.RedirectUri] is not { Length: > 0 } target
        )
        {
            return new TextAnswer(404, "Not Found");
        }
        if (!settings.Targets.IsProgram(target))
        {
            return new ErrorAnswer(400, "invalid redirect uri");
        }
        return new TextAnswer(
            200,
            settings.Sign(
                settings.AuthenticateOrigin + SignInPath.SignIn,
                new QueryParameters()
                    .Set(SignInParameter.CallbackUri, "https://" + request.Authority + SignInPath.Callback)
                    .Set(SignInParameter.ProviderId, providerId)
                    .Set(SignInParameter.Programmatic, "true")
                    .Set(SignInParameter.RedirectUri, target)
            )
        );
    }
}
