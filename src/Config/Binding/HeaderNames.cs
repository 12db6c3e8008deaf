using System.Buffers;

namespace Pomerium.Fast.Config.Binding;

/// <summary>Syntax of header names and values (RFC 9110 5.1, 5.5).</summary>
internal static class HeaderNames
{
    private static readonly SearchValues<char> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    public static bool IsToken(string name) => name.Length > 0 && name.AsSpan().IndexOfAnyExcept(Token) < 0;

    /// <summary>No line breaks and no NUL: whoever writes one writes a second header.</summary>
    public static bool IsValue(string value) => value.AsSpan().IndexOfAny("\r\n\0") < 0;
}
