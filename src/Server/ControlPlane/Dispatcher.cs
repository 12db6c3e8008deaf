using Pomerium.Fast.Auth.SignIn;
using Pomerium.Fast.Http.Pipeline;
using Pomerium.Fast.Server.ControlPlane.Endpoints;
using Pomerium.Fast.State.Broker;

namespace Pomerium.Fast.Server.ControlPlane;

/// <summary>From a request to its endpoint, with the rules that hold for all of them (identity 1).</summary>
internal sealed class Dispatcher
{
    private readonly ILogger _log;
    private readonly ErrorPages _errors;
    private readonly EndpointTable _table;

    public Dispatcher(ILogger<Dispatcher> log)
    {
        _log = log;
        _errors = new ErrorPages(log);
        _table = new EndpointTable(
            new SignInEndpoints(_errors, new FlowAnswers(_errors)),
            new SessionEndpoints(_errors)
        );
    }

    public async Task HandleAsync(HttpContext http, ControlPlaneState state)
    {
        PageRequest request = new(http, state);
        try
        {
            await DispatchAsync(request);
        }
        catch (OperationCanceledException) when (request.Cancellation.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (StoreUnavailableException e) when (!http.Response.HasStarted)
        {
            _log.EndpointFailed(e, request.RequestId);
            http.Response.Clear();
            await _errors.WriteAsync(
                request,
                503,
                "Sessions cannot be looked up right now. Please try again in a moment."
            );
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            _log.EndpointFailed(e, request.RequestId);
            http.Response.Clear();
            await _errors.WriteAsync(request, 500, "Something went wrong on this server.");
        }
    }

    private async Task DispatchAsync(PageRequest request)
    {
        if (request.Facts is { Page: PageKind.Error } facts)
        {
            await ErrorPages.FromFactsAsync(request, facts);
            return;
        }
        if (await SignedCors.ApplyAsync(request))
        {
            return;
        }
        if (Find(request) is not { } endpoint)
        {
            await UnknownAsync(request);
            return;
        }
        if (!Allows(endpoint.Methods, request))
        {
            request.Response.Headers.Allow =
                (endpoint.Methods & Methods.Post) == Methods.None ? "GET, HEAD" : "GET, HEAD, POST";
            await _errors.WriteAsync(
                request,
                405,
                "This address does not take the method " + Shown(request.Method) + "."
            );
            return;
        }
        if (endpoint.Guarded && !await IsOwnAsync(request))
        {
            await _errors.WriteAsync(request, 400, "This request came from another site.");
            return;
        }
        await endpoint.Handle(request);
    }

    private PageEndpoint? Find(PageRequest request)
    {
        PageEndpoint? endpoint = string.Equals(
            request.Path,
            request.State.Snapshot.Identity.CallbackPath,
            StringComparison.Ordinal
        )
            ? _table.ProviderCallback
            : _table.Find(request.Path);
        return endpoint is { OnlyAuthenticateHost: true } && !request.IsAuthenticateHost ? null : endpoint;
    }

    private static bool Allows(Methods methods, PageRequest request) =>
        (methods & Methods.Any) != Methods.None
        || request.Method switch
        {
            "GET" or "HEAD" => (methods & Methods.Get) != Methods.None,
            "POST" => (methods & Methods.Post) != Methods.None,
            "OPTIONS" => (methods & Methods.Options) != Methods.None,
            _ => false,
        };

    private static async ValueTask<bool> IsOwnAsync(PageRequest request) =>
        request.IsGet || await request.FlowAsync() is not { } flow || OriginGuard.Allows(flow);

    private async Task UnknownAsync(PageRequest request)
    {
        string path = request.Path;
        string other = path.EndsWith('/') ? path[..^1] : path + "/";
        if (path.StartsWith("/.pomerium/api/", StringComparison.Ordinal))
        {
            await PageWriter.TextAsync(request, 404, "Not Found");
        }
        else if (_table.Find(other) is { } known && (!known.OnlyAuthenticateHost || request.IsAuthenticateHost))
        {
            // The other spelling of a known path (identity 1).
            string query = request.Query.Length > 0 ? "?" + request.Query : "";
            await PageWriter.RedirectAsync(request, 301, other + query);
        }
        else
        {
            await _errors.WriteAsync(request, 404, request.HostName + " route unknown");
        }
    }

    private static string Shown(string method) => method.Length > 20 ? method[..20] : method;
}
