using System.IO.Pipelines;
using System.Net;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.InMemory;

/// <summary>On both ends of an in-memory connection.</summary>
public interface IInMemoryLinkFeature
{
    /// <summary>What both ends see among their features, set by either; safe from any thread.</summary>
    SharedFeatures Shared { get; }
}

/// <summary>Two ends joined by two pipes. Each end's continuations run on its own loop, or on the thread pool.</summary>
public static class InMemoryLink
{
    private const int PauseBytes = 64 * 1024;
    private const int ResumeBytes = 32 * 1024;

    /// <summary>Both ends on one loop, for tests that turn everything by one hand.</summary>
    public static (InMemoryConnection Client, InMemoryConnection Server) Create(Loop loop) =>
        Create(loop, loop, new InMemoryEndPoint("pair"));

    /// <param name="client">Loop of the client's end.</param>
    /// <param name="server">Loop of the server's end; null for the thread pool.</param>
    internal static (InMemoryConnection Client, InMemoryConnection Server) Create(
        Loop client,
        Loop? server,
        EndPoint endPoint
    )
    {
        PipeScheduler far = (PipeScheduler?)server ?? PipeScheduler.ThreadPool;
        Pipe up = new(Options(reader: far, writer: client));
        Pipe down = new(Options(reader: client, writer: far));
        SharedFeatures shared = new();
        InMemoryConnection near = new(client, down.Reader, up.Writer, shared, endPoint);
        InMemoryConnection remote = new(server, up.Reader, down.Writer, shared, endPoint);
        near.Join(remote);
        remote.Join(near);
        return (near, remote);
    }

    private static PipeOptions Options(PipeScheduler reader, PipeScheduler writer) =>
        new(
            readerScheduler: reader,
            writerScheduler: writer,
            pauseWriterThreshold: PauseBytes,
            resumeWriterThreshold: ResumeBytes,
            useSynchronizationContext: false
        );
}
