using System.Diagnostics;
using System.Net.Sockets;

namespace Pomerium.Fast.Compare;

/// <summary>A proxy under comparison, running.</summary>
/// <param name="AuthHeader">The credential that its authenticated scenario sends, or null.</param>
internal sealed record Peer(string Name, Process Process, int Port, string? AuthHeader = null) : IDisposable
{
    public static Process Start(string file, IEnumerable<string> arguments, params (string, string)[] environment)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} does not start");
        // Nobody reads the output; a full pipe would stop the peer.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) =>
        {
            if (Environment.GetEnvironmentVariable("COMPARE_VERBOSE") is not null && line.Data is not null)
            {
                Console.Error.WriteLine(line.Data);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Returns when something listens; fails after ten seconds or when the process has ended.</summary>
    public static async Task WaitForAsync(Process process, int port)
    {
        for (int i = 0; i < 200; i++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException(
                    $"{process.StartInfo.FileName} ended with {process.ExitCode}; set COMPARE_VERBOSE=1 to see why"
                );
            }
            try
            {
                using TcpClient probe = new();
                await probe.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        throw new TimeoutException($"{process.StartInfo.FileName} does not listen on {port}");
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit(5000);
        }
        Process.Dispose();
    }
}
