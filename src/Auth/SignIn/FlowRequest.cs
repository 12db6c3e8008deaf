namespace Pomerium.Fast.Auth.SignIn;

/// <summary>A request to one of the sign-in endpoints, as plain data: what the flow may know of HTTP.</summary>
public sealed record FlowRequest
{
    public required string Method { get; init; }

    /// <summary>Host header as sent, with its port.</summary>
    public required string Authority { get; init; }
    public required string Path { get; init; }

    /// <summary>Without the question mark.</summary>
    public string Query { get; init; } = "";

    /// <summary>The whole Cookie header; several fields joined by <c>; </c>.</summary>
    public string CookieHeader { get; init; } = "";

    /// <summary>Fields of a form body; null when there was none.</summary>
    public QueryParameters? Form { get; init; }
    public string SecFetchSite { get; init; } = "";
    public string SecFetchMode { get; init; } = "";
    public string SecFetchDest { get; init; } = "";
    public string Origin { get; init; } = "";

    /// <summary>Asked by a script that says so: it gets no redirect to the provider (identity 2.2).</summary>
    public bool IsScripted { get; init; }

    public bool IsPost => string.Equals(Method, "POST", StringComparison.Ordinal);

    /// <summary>
    /// Values of the cookies of this name, in order, at most five: a sibling domain may have planted one
    /// (identity 2.7).
    /// </summary>
    public IEnumerable<string> Cookies(string name)
    {
        int found = 0;
        foreach (string part in CookieHeader.Split(';'))
        {
            int cut = part.IndexOf('=', StringComparison.Ordinal);
            if (cut > 0 && part.AsSpan(0, cut).Trim().SequenceEqual(name))
            {
                yield return part[(cut + 1)..].Trim();
                if (++found == SameNameMax)
                {
                    yield break;
                }
            }
        }
    }

    private const int SameNameMax = 5;
}
