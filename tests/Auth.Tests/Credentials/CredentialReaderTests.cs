using System.Text;
using Pomerium.Fast.Auth.Credentials;
using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Auth.Tests.Credentials;

public sealed class CredentialReaderTests
{
    public static TheoryData<string[], string?, string[]> Requests =>
        new()
        {
            { [], null, [] },
            { ["Cookie: _pomerium=a"], null, ["Cookie:a"] },
            { ["Cookie: x=1; _pomerium=a; y=2"], null, ["Cookie:a"] },
            { ["Cookie: x=1;_pomerium=a ;y=2"], null, ["Cookie:a"] },
            { ["Cookie: _pomerium=a; _pomerium=b"], null, ["Cookie:a", "Cookie:b"] },
            { ["Cookie: _pomerium=a", "Cookie: _pomerium=b"], null, ["Cookie:a", "Cookie:b"] },
            { ["Cookie: _pomerium_csrf=a; _Pomerium=b; x_pomerium=c; %5Fpomerium=d"], null, [] },
            { ["Cookie: _pomerium=\"a b\"; _pomerium==c="], null, ["Cookie:\"a b\"", "Cookie:=c="] },
            { ["Cookie: _pomerium"], null, [] },
            { ["Cookie: _pomerium="], null, ["Cookie:"] },
            { ["Cookie: ;;; ; _pomerium=a;"], null, ["Cookie:a"] },
            {
                [.. Enumerable.Range(0, 200).Select(static i => $"Cookie: _pomerium={i}")],
                null,
                ["Cookie:0", "Cookie:1", "Cookie:2", "Cookie:3", "Cookie:4"]
            },
            { ["X-Pomerium-Authorization: a"], null, ["PomeriumHeader:a"] },
            { ["Authorization: Pomerium a"], null, ["AuthorizationPomerium:a"] },
            { ["Authorization: pOMERIUM  a"], null, ["AuthorizationPomerium:a"] },
            { ["Authorization: Bearer Pomerium-a"], null, ["AuthorizationBearer:a"] },
            { ["Authorization: bearer Pomerium-a"], null, ["AuthorizationBearer:a"] },
            { ["Authorization: Bearer a"], null, [] },
            { ["Authorization: Basic Pomerium"], null, [] },
            { ["Authorization: Pomerium"], null, [] },
            { [], "pomerium_session=a", ["Query:a"] },
            { [], "x=1&pomerium_session=a&y", ["Query:a"] },
            { [], "xpomerium_session=a&pomerium_sessions=b", [] },
            {
                ["Authorization: Pomerium c", "X-Pomerium-Authorization: b", "Cookie: _pomerium=a"],
                "pomerium_session=d",
                ["Cookie:a", "PomeriumHeader:b", "AuthorizationPomerium:c", "Query:d"]
            },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Credentials_come_in_the_order_of_looking(string[] fields, string? query, string[] expected) // IA-40, IA-41
    {
        RequestHead head = new();
        foreach (string field in fields)
        {
            string[] parts = field.Split(": ", 2);
            head.Headers.Add(Encoding.ASCII.GetBytes(parts[0]), Encoding.ASCII.GetBytes(parts[1]));
        }
        head.SetQuery(Encoding.ASCII.GetBytes(query ?? ""), query is not null);
        CredentialReader reader = new(head, "_pomerium"u8);
        List<string> found = [];
        while (reader.MoveNext())
        {
            found.Add($"{reader.Source}:{Encoding.ASCII.GetString(reader.Value)}");
        }
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("Cookie", "_pomerium=a", false)]
    [InlineData("Authorization", "Bearer x", false)]
    [InlineData("Authorization", "Pomerium x", true)]
    [InlineData("Authorization", "Bearer Pomerium-x", true)]
    [InlineData("X-Pomerium-Authorization", "", true)]
    public void A_token_outside_a_cookie_counts_as_presented(string name, string value, bool presented)
    {
        RequestHead head = new();
        head.Headers.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        Assert.Equal(presented, PresentedToken.IsIn(head));
    }
}
