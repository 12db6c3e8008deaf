using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Behaviour;

/// <summary>Those that every behaviour is tested on.</summary>
public static class Transports
{
    public static IReadOnlyList<TransportKind> All { get; } = [TransportKind.Epoll];

    public static TheoryData<TransportKind> Rows => [.. All];

    /// <summary>Each plain and with TLS.</summary>
    public static TheoryData<TransportKind, bool> PlainAndTls
    {
        get
        {
            TheoryData<TransportKind, bool> rows = [];
            foreach (TransportKind kind in All)
            {
                rows.Add(kind, false);
                rows.Add(kind, true);
            }
            return rows;
        }
    }
}
