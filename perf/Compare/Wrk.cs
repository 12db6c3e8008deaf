using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pomerium.Fast.Compare;

/// <summary>One run of the load tool.</summary>
internal sealed partial record Wrk(long Requests, double PerSecond, double P50Ms, double P99Ms)
{
    public static async Task<Wrk> RunAsync(Uri url, string host, string? header, int connections, double seconds)
    {
        ProcessStartInfo start = new("wrk")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-t1",
                $"-c{connections.ToString(CultureInfo.InvariantCulture)}",
                $"-d{seconds.ToString(CultureInfo.InvariantCulture)}s",
                "--latency",
                "-H",
                $"Host: {host}",
            },
        };
        if (header is not null)
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add(header);
        }
        start.ArgumentList.Add(url.ToString());
        using Process wrk = Process.Start(start) ?? throw new InvalidOperationException("wrk does not start");
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (Failures().Match(output) is { Success: true } failures)
        {
            throw new InvalidOperationException(
                $"{url}: a run with failures is void: {failures.Value.Trim()}\n{output}"
            );
        }
        return new Wrk(
            long.Parse(Find(Total(), output), CultureInfo.InvariantCulture),
            double.Parse(Find(Rate(), output), CultureInfo.InvariantCulture),
            Milliseconds(Find(Median(), output)),
            Milliseconds(Find(Tail(), output))
        );
    }

    private static string Find(Regex what, string output) =>
        what.Match(output) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidOperationException($"cannot read the load tool's answer:\n{output}");

    private static double Milliseconds(string text)
    {
        double value = double.Parse(text.AsSpan().TrimEnd("mus"), CultureInfo.InvariantCulture);
        return text.EndsWith("us", StringComparison.Ordinal) ? value / 1000
            : text.EndsWith("ms", StringComparison.Ordinal) ? value
            : value * 1000;
    }

    [GeneratedRegex(@"(\d+) requests in", RegexOptions.None, 1000)]
    private static partial Regex Total();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)", RegexOptions.None, 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+([\d.]+\w+)", RegexOptions.None, 1000)]
    private static partial Regex Median();

    [GeneratedRegex(@"99%\s+([\d.]+\w+)", RegexOptions.None, 1000)]
    private static partial Regex Tail();

    [GeneratedRegex(@"(Non-2xx[^\n]*|Socket errors[^\n]*)", RegexOptions.None, 1000)]
    private static partial Regex Failures();
}
