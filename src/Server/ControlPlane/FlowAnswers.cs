using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Server.ControlPlane.Endpoints;
using Pomerium.Fast.Server.ControlPlane.Pages;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>From an answer of the sign-in flow to HTTP.</summary>
internal sealed class FlowAnswers(ErrorPages errors)
{
    public Task WriteAsync(PageRequest request, FlowAnswer answer)
    {
        foreach (string cookie in answer.SetCookies)
        {
            request.Response.Headers.Append("set-cookie", cookie);
        }
        return answer switch
        {
            RedirectAnswer redirect => PageWriter.RedirectAsync(request, 302, redirect.Location),
            RefreshAnswer refresh => PageWriter.PageAsync(
                request,
                200,
                RefreshPage.Create(PageWriter.Frame(request, "Signed In", refreshTo: refresh.Target))
            ),
            TextAnswer text => PageWriter.TextAsync(request, text.Status, text.Body),
            SignedOutAnswer => PageWriter.PageAsync(
                request,
                200,
                SignedOutPage.Create(PageWriter.Frame(request, "Signed Out"))
            ),
            ConfirmSignOutAnswer confirm => PageWriter.PageAsync(
                request,
                200,
                ConfirmSignOutPage.Create(
                    new ConfirmSignOutModel(
                        PageWriter.Frame(request, "Confirm Sign Out"),
                        confirm.CsrfToken,
                        confirm.RedirectUri
                    )
                ),
                confirm.FormTargets
            ),
            UserInfoAnswer info => UserInfoView.WriteAsync(request, info),
            ErrorAnswer error => errors.WriteAsync(request, error),
            _ => throw new ArgumentException($"no page for {answer.GetType().Name}", nameof(answer)),
        };
    }
}
