using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Pomerium.Fast.Server.Telemetry;

/// <param name="floor">Lines of this service below it are not worth an operator's time, whatever the configured level.</param>
internal sealed class JsonLogger(
    string service,
    LogWriter writer,
    LogLevels levels,
    TimeProvider time,
    LogLevel floor = LogLevel.Trace
) : ILogger
{
    private const string TemplateKey = "{OriginalFormat}";

    /// <summary>A template value of this name is the message itself and no field beside it.</summary>
    private const string MessageKey = "Message";

    [ThreadStatic]
    private static JsonLine? t_line;

    [ThreadStatic]
    private static LogTime? t_time;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= floor && levels.Allows(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }
        JsonLine line = t_line ??= new JsonLine();
        line.Begin();
        line.Text("level"u8, Word(logLevel));
        line.Text("service"u8, service);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            WriteFields(line, values);
        }
        if (exception is not null)
        {
            line.Text("error"u8, exception.Message);
        }
        line.Text("time"u8, (t_time ??= new LogTime()).At(time.GetUtcNow().ToUnixTimeMilliseconds()));
        line.Text("message"u8, formatter(state, exception));
        line.End();
        writer.Write(line.Span.ToArray());
    }

    private static void WriteFields(JsonLine line, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        foreach ((string key, object? value) in values)
        {
            if (key is TemplateKey or MessageKey)
            {
                continue;
            }
            byte[] name = Encoding.UTF8.GetBytes(FieldName(key));
            switch (value)
            {
                case bool flag:
                    line.Flag(name, flag);
                    break;
                case int or long or uint or ushort or short or byte:
                    line.Number(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case double number:
                    line.Number(name, number);
                    break;
                case TimeSpan span:
                    line.Number(name, span.TotalMilliseconds);
                    break;
                default:
                    line.Text(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                    break;
            }
        }
    }

    /// <summary>Template names are written in Pascal case in code; the log's fields are lower case with dashes.</summary>
    private static string FieldName(string key)
    {
        StringBuilder name = new(key.Length + 4);
        for (int i = 0; i < key.Length; i++)
        {
            if (char.IsUpper(key[i]))
            {
                if (i > 0 && !char.IsUpper(key[i - 1]))
                {
                    name.Append('-');
                }
                name.Append(char.ToLowerInvariant(key[i]));
            }
            else
            {
                name.Append(key[i]);
            }
        }
        return name.ToString();
    }

    private static ReadOnlySpan<byte> Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace"u8,
            LogLevel.Debug => "debug"u8,
            LogLevel.Information => "info"u8,
            LogLevel.Warning => "warn"u8,
            LogLevel.Error => "error"u8,
            _ => "fatal"u8,
        };
}
