using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Http.H1;

/// <summary>What the server connections of one loop share. Loop-affine, save the count.</summary>
internal sealed class LoopShare(Loop loop, HttpServer server)
{
    private readonly LinkedList<ServerConnection> _connections = new();
    private int _open;

    public Loop Loop { get; } = loop;
    public HttpServer Server { get; } = server;
    public DateText Date { get; } = new();

    /// <summary>Where heads are composed before they are written in one piece; empty between calls.</summary>
    public ByteBuffer Scratch { get; } = new(2048);
    public bool IsDraining { get; private set; }
    public int OpenConnections => Volatile.Read(ref _open);

    public LinkedListNode<ServerConnection> Add(ServerConnection connection)
    {
        Volatile.Write(ref _open, _open + 1);
        return _connections.AddLast(connection);
    }

    public void Remove(LinkedListNode<ServerConnection> connection)
    {
        Volatile.Write(ref _open, _open - 1);
        _connections.Remove(connection);
    }

    public void BeginDrain()
    {
        Loop.AssertCurrent();
        IsDraining = true;
        ForEach(static c => c.OnDrain());
    }

    public void AbortAll()
    {
        Loop.AssertCurrent();
        ForEach(static c => c.Terminate());
    }

    /// <summary>The action may end the connection that it is given, and no other.</summary>
    private void ForEach(Action<ServerConnection> action)
    {
        LinkedListNode<ServerConnection>? node = _connections.First;
        while (node is not null)
        {
            LinkedListNode<ServerConnection>? next = node.Next;
            action(node.Value);
            node = next;
        }
    }
}
