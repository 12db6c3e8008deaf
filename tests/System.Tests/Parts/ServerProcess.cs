using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Pomerium.Fast.Parts;

/// <summary>The published binary, as its own process. Its log lines are kept; it is stopped by SIGTERM.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly StringBuilder _errors = new();

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public IReadOnlyList<string> Output => [.. _output];

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Runs the binary to its end.</summary>
    public static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using ServerProcess server = Start(arguments);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        await server._process.WaitForExitAsync(limit.Token);
        return (server._process.ExitCode, string.Join('\n', server.Output), server.Errors);
    }

    public static ServerProcess Start(params string[] arguments) => StartIn(null, arguments);

    /// <summary>With a limit of open files of its own.</summary>
    public static ServerProcess StartLimited(int openFiles, params string[] arguments) =>
        Start(
            new ProcessStartInfo(
                "bash",
                ["-c", $"ulimit -n {openFiles}; exec \"$0\" \"$@\"", Places.Binary, .. arguments]
            ),
            environment: null
        );

    public static ServerProcess StartIn(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        Start(new ProcessStartInfo(Places.Binary, arguments), environment);

    private static ServerProcess Start(ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        Process process = new() { StartInfo = start };
        ServerProcess server = new(process);
        process.OutputDataReceived += (_, line) => server.Take(line.Data);
        process.ErrorDataReceived += (_, line) => server.TakeError(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Until the port accepts; throws with what the process said when it ends before.</summary>
    public async Task<ServerProcess> ReadyAsync(int port)
    {
        await Waiting.UntilAsync(
            async () =>
            {
                ThrowIfEnded();
                try
                {
                    using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            $"listening on {port}"
        );
        return this;
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>JSON lines with that message so far.</summary>
    public IReadOnlyList<JsonElement> Lines(string message)
    {
        List<JsonElement> lines = [];
        foreach (string text in _output)
        {
            if (text.StartsWith('{') && text.Contains(message, StringComparison.Ordinal))
            {
                JsonElement line = JsonDocument.Parse(text).RootElement;
                if (line.GetProperty("message").ValueEquals(message))
                {
                    lines.Add(line);
                }
            }
        }
        return lines;
    }

    public async Task<JsonElement> LineAsync(string message, Func<JsonElement, bool> fits)
    {
        JsonElement? found = null;
        await Waiting.UntilAsync(
            () =>
            {
                found = Lines(message).Cast<JsonElement?>().LastOrDefault(l => fits(l!.Value));
                return Task.FromResult(found is not null);
            },
            $"log line '{message}'"
        );
        return found!.Value;
    }

    /// <summary>Until a line of the output holds the text, of whatever form.</summary>
    public async Task<string> TextAsync(Func<string, bool> fits, string what)
    {
        string? found = null;
        await Waiting.UntilAsync(
            () =>
            {
                ThrowIfEnded();
                found = _output.FirstOrDefault(fits);
                return Task.FromResult(found is not null);
            },
            what
        );
        return found!;
    }

    /// <summary>Resident memory in KiB, as the kernel counts it.</summary>
    public long ResidentKib()
    {
        string line = File.ReadLines($"/proc/{Id}/status")
            .First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    public int OpenDescriptors() => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    public void Signal(int number)
    {
        if (!_process.HasExited)
        {
            _ = kill(Id, number);
        }
    }

    /// <summary>The ordinary end; the exit status.</summary>
    public async Task<int> StopAsync(double seconds = 15)
    {
        Signal(SigTerm);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            Signal(SigKill);
            throw new TimeoutException($"did not end within {seconds} s of SIGTERM", late);
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Signal(SigTerm);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Signal(SigKill);
        }
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    private void TakeError(string? line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
        }
    }

    private void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            _process.WaitForExit();
            throw new InvalidOperationException(
                $"the server ended with {_process.ExitCode}\n{string.Join('\n', _output)}\n{Errors}"
            );
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
