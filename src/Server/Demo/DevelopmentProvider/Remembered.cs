using System.Collections.Concurrent;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>Who was chosen in which browser, for <c>prompt=none</c>.</summary>
internal sealed class Remembered
{
    private const string CookieName = "demo_idp";
    private const int BrowsersMax = 10_000;
    private readonly ConcurrentDictionary<string, Person> _people = new(StringComparer.Ordinal);

    public Person? Find(HttpContext context) =>
        context.Request.Cookies[CookieName] is { } id ? _people.GetValueOrDefault(id) : null;

    public void Keep(HttpContext context, Person person)
    {
        if (_people.Count >= BrowsersMax)
        {
            _people.Clear();
        }
        string id = Guid.NewGuid().ToString("N");
        _people[id] = person;
        context.Response.Cookies.Append(
            CookieName,
            id,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Path = "/",
            }
        );
    }

    public void Forget(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is { } id)
        {
            _people.TryRemove(id, out _);
        }
        context.Response.Cookies.Delete(CookieName);
    }
}
