using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

/// <summary>The endpoints of the sign-in flow: HTTP in, HTTP out, nothing of their own.</summary>
internal sealed class SignInEndpoints(ErrorPages errors, FlowAnswers answers)
{
    public Task SignInAsync(PageRequest request) =>
        RunAsync(request, flow => request.State.Flow.SignInAsync(flow, request.Cancellation));

    public Task ProviderCallbackAsync(PageRequest request) =>
        RunAsync(request, flow => request.State.Flow.ProviderCallbackAsync(flow, request.Cancellation));

    public Task RouteCallbackAsync(PageRequest request) =>
        RunAsync(request, flow => new(request.State.Flow.RouteCallback(flow)));

    public Task SignOutAsync(PageRequest request) =>
        RunAsync(request, flow => request.State.Flow.SignOutAsync(flow, request.Cancellation));

    public Task SignedOutAsync(PageRequest request) =>
        RunAsync(request, flow => new(request.State.Flow.SignedOut(flow)));

    public Task UserInfoAsync(PageRequest request) =>
        RunAsync(request, flow => request.State.Flow.UserInfoAsync(flow, request.Cancellation));

    public Task LoginAsync(PageRequest request) =>
        RunAsync(
            request,
            flow => new(request.State.Flow.ProgrammaticLogin(flow, request.State.HostProviders.Of(request.Authority)))
        );

    private async Task RunAsync(PageRequest request, Func<FlowRequest, ValueTask<FlowAnswer>> step)
    {
        if (await request.FlowAsync() is not { } flow)
        {
            await errors.WriteAsync(request, 400, "The form cannot be read.");
            return;
        }
        await answers.WriteAsync(request, await step(flow));
    }
}
