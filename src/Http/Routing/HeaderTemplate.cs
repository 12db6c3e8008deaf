using System.Text;
using System.Text.RegularExpressions;
using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Pipeline;

namespace Pomerium.Fast.Http.Routing;

/// <summary>A value of <c>set_request_headers</c> (routing 7.3): literal bytes and variables, split once.</summary>
public sealed partial class HeaderTemplate
{
    private enum Variable : byte
    {
        Literal,
        AccessToken,
        IdToken,
        Assertion,
        RequestHeader,
        Unknown,
    }

    private readonly List<(Variable Kind, byte[] Text)> _segments = [];

    public HeaderTemplate(string value)
    {
        StringBuilder literal = new();
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] != '$')
            {
                literal.Append(value[i]);
            }
            else if (i + 1 < value.Length && value[i + 1] == '$')
            {
                literal.Append('$');
                i++;
            }
            else if (VariableAt().Match(value, i) is { Success: true } match)
            {
                Flush(literal);
                _segments.Add(Resolve(match));
                i += match.Length - 1;
            }
            else
            {
                literal.Append('$');
            }
        }
        Flush(literal);
    }

    public void Write(Exchange exchange, ByteBuffer into)
    {
        foreach ((Variable kind, byte[] text) in _segments)
        {
            IIdentityValues? identity = exchange.IdentityValues;
            switch (kind)
            {
                case Variable.Literal:
                    into.Append(text);
                    break;
                case Variable.RequestHeader:
                    exchange.Request.Headers.TryGet(text, out ReadOnlySpan<byte> value);
                    into.Append(value);
                    break;
                case Variable.AccessToken when identity is not null:
                    into.Append(identity.AccessToken);
                    break;
                case Variable.IdToken when identity is not null:
                    into.Append(identity.IdToken);
                    break;
                case Variable.Assertion when identity is not null:
                    into.Append(identity.Assertion(exchange));
                    break;
                default:
                    break;
            }
        }
    }

    private static (Variable, byte[]) Resolve(Match match)
    {
        string header = match.Groups["header"].Value;
        string name = match.Groups["name"].Value;
        return name switch
        {
            "pomerium.access_token" => (Variable.AccessToken, []),
            "pomerium.id_token" => (Variable.IdToken, []),
            "pomerium.jwt" => (Variable.Assertion, []),
            "pomerium.request.headers" => (Variable.RequestHeader, Encoding.ASCII.GetBytes(header)),
            _ => (Variable.Unknown, []),
        };
    }

    private void Flush(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            _segments.Add((Variable.Literal, Encoding.UTF8.GetBytes(literal.ToString())));
            literal.Clear();
        }
    }

    [GeneratedRegex(
        @"\G\$(?:(?<name>\w[\w-]*(?:\.\w[\w-]*)+)(?:\[""(?<header>[^""]*)""\])?|\{\s*(?<name>\w[\w-]*(?:\.\w[\w-]*)*)\s*(?:\[\s*""(?<header>[^""]*)""\s*\])?\s*\})",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VariableAt();
}
