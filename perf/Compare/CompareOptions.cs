using System.Globalization;

namespace Pomerium.Fast.Compare;

/// <summary>What to compare and how long; every value has a default.</summary>
internal sealed record CompareOptions
{
    public const string Usage = """
        Compares this proxy with HAProxy, nginx and YARP on the same work, in alternating rounds.

          dotnet run -c Release --project perf/Compare -- [options]

          --scenarios LIST    plain,tls,auth                        (all)
          --peers LIST        ours,native,haproxy,nginx,yarp        (those that are installed)
          --rounds N          rounds of every peer                  (9)
          --seconds N         length of one measurement             (2)
          --connections N     keep-alive connections                (64)
          --server FILE       our binary                            (artifacts/server/pomerium-fast)
          --native FILE       our native binary                     (artifacts/native/pomerium-fast)

        Needs wrk, nginx and haproxy (Debian: apt-get install wrk nginx haproxy); auth needs node and npm too.
        """;

    public string[] Scenarios { get; private init; } = ["plain", "tls", "auth"];
    public string[] Peers { get; private init; } = ["ours", "native", "haproxy", "nginx", "yarp"];
    public int Rounds { get; private init; } = 9;
    public int Seconds { get; private init; } = 2;
    public int Connections { get; private init; } = 64;
    public string Server { get; private init; } = "artifacts/server/pomerium-fast";
    public string Native { get; private init; } = "artifacts/native/pomerium-fast";
    public bool Help { get; private init; }

    /// <summary>Set in the child process that is the YARP peer.</summary>
    public int? YarpPort { get; private init; }
    public string YarpUpstream { get; private init; } = "";
    public string YarpCertificate { get; private init; } = "";
    public string YarpKey { get; private init; } = "";
    public string YarpJwtKey { get; private init; } = "";

    public static CompareOptions Parse(string[] args)
    {
        CompareOptions options = new();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name is "-h" or "--help")
            {
                return options with { Help = true };
            }
            if (i + 1 == args.Length)
            {
                throw new ArgumentException($"{name} needs a value\n{Usage}", nameof(args));
            }
            options = options.With(name, args[++i]);
        }
        return options;
    }

    private CompareOptions With(string name, string value) =>
        name switch
        {
            "--scenarios" => this with { Scenarios = value.Split(',') },
            "--peers" => this with { Peers = value.Split(',') },
            "--rounds" => this with { Rounds = Number(value) },
            "--seconds" => this with { Seconds = Number(value) },
            "--connections" => this with { Connections = Number(value) },
            "--server" => this with { Server = value },
            "--native" => this with { Native = value },
            "--yarp-port" => this with { YarpPort = Number(value) },
            "--yarp-upstream" => this with { YarpUpstream = value },
            "--yarp-certificate" => this with { YarpCertificate = value },
            "--yarp-key" => this with { YarpKey = value },
            "--yarp-jwt-key" => this with { YarpJwtKey = value },
            _ => throw new ArgumentException($"unknown option {name}\n{Usage}", nameof(name)),
        };

    private static int Number(string value) => int.Parse(value, CultureInfo.InvariantCulture);
}
