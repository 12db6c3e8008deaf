using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Pomerium.Fast.Server.Tests.Composition;

/// <summary>Stands for standard output: every line that the log writer wrote. Written by one thread, read by others.</summary>
internal sealed class LogLines : MemoryStream
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<byte> _begun = [];

    public IReadOnlyCollection<string> All => _lines;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (byte b in buffer)
        {
            if (b != '\n')
            {
                _begun.Add(b);
                continue;
            }
            _lines.Enqueue(Encoding.UTF8.GetString([.. _begun]));
            _begun.Clear();
        }
    }

    /// <summary>The first line with this message and this text in it; waits for it.</summary>
    public async Task<string> FindAsync(string message, string text = "")
    {
        string? found = null;
        await Poll.UntilAsync(
            () => (found = Of(message).FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal))) is not null,
            () => $"no line \"{message}\" with \"{text}\" among:\n{string.Join('\n', _lines)}"
        );
        return found!;
    }

    public string[] Of(string message) =>
        [.. _lines.Where(l => JsonElement.Parse(l).GetProperty("message").GetString() == message)];
}

internal static class Poll
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(20);

    /// <summary>Waits for what other threads bring about; fails with the reason when it does not come.</summary>
    public static async Task UntilAsync(Func<bool> reached, Func<string> otherwise)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeMax, otherwise());
            await Task.Delay(5);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> reached, string otherwise)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeMax, otherwise);
            await Task.Delay(5);
        }
    }
}
