using System.Buffers;
using System.Text.Json;
using Pomerium.Fast.Auth.Sessions;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.Server.ControlPlane.Endpoints;

/// <summary>
/// <c>/.pomerium/user</c> and <c>/.pomerium/jwt</c> (identity 1.1). The data path lets only the signed-in come here, and
/// says who they are.
/// </summary>
internal sealed class SessionEndpoints(ErrorPages errors)
{
    public Task UserAsync(PageRequest request)
    {
        if (Session(request) is not { } view || view.Session.UserId.Length == 0)
        {
            return errors.WriteAsync(request, 404, "not found");
        }
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer))
        {
            request.State.Assertions.WriteUser(json, view.Session, view.User);
        }
        return PageWriter.JsonAsync(request, 200, buffer.WrittenMemory);
    }

    public Task JwtAsync(PageRequest request)
    {
        if (!request.State.Snapshot.Flag("pomerium_jwt_endpoint"))
        {
            return errors.WriteAsync(request, 404, request.HostName + " route unknown");
        }
        if (Session(request) is not { } view || view.Session.UserId.Length == 0)
        {
            return errors.WriteAsync(request, 404, "jwt not found");
        }
        SessionRecord session = view.Session;
        string token = request.State.Assertions.Token(
            session,
            view.User,
            request.Authority,
            request.State.Flow.Settings.Now
        );
        PageWriter.CommonHeaders(request);
        return PageWriter.BodyAsync(request, 200, "application/jwt", System.Text.Encoding.ASCII.GetBytes(token));
    }

    private static SessionView? Session(PageRequest request) => request.Facts?.Session as SessionView;
}
