using System.Net.Mime;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Pomerium.Fast.Server.Demo.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <summary>What the library passes on after it has checked a request: whom to sign in, which tokens to give, what to show.</summary>
internal sealed class ProviderEndpoints(Grants grants)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private readonly Remembered _remembered = new();

    public async Task AuthorizeAsync(HttpContext context)
    {
        OpenIddictRequest request = Request(context);
        if (request.HasPromptValue(PromptValues.None))
        {
            if (_remembered.Find(context) is { } known)
            {
                await SignInAsync(context, request, known);
            }
            else
            {
                await RefuseAsync(context, Errors.LoginRequired, "Nobody has been chosen in this browser.");
            }
            return;
        }
        if (!HttpMethods.IsPost(context.Request.Method) || !SameOrigin.Holds(context.Request))
        {
            await ShowPickerAsync(context, problem: null);
            return;
        }
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        switch (form["person"].ToString())
        {
            case "":
                await ShowPickerAsync(context, problem: null);
                break;
            case "deny":
                await RefuseAsync(context, Errors.AccessDenied, "The person said no.");
                break;
            default:
                if (Person.From(form) is { } person)
                {
                    _remembered.Keep(context, person);
                    await SignInAsync(context, request, person);
                }
                else
                {
                    await ShowPickerAsync(context, "Write an e-mail address, for example someone@example.com.");
                }
                break;
        }
    }

    public async Task TokenAsync(HttpContext context)
    {
        AuthenticateResult asked = await context.AuthenticateAsync(Scheme);
        if (
            asked.Principal is { } principal
            && principal.GetClaim(ProviderClaims.Grant) is { } grant
            && principal.GetClaim(ProviderClaims.Turn) is { } turn
            && grants.Take(grant, turn) is { } next
        )
        {
            await context.SignInAsync(Scheme, ProviderClaims.Next(principal, next));
            return;
        }
        await RefuseAsync(context, Errors.InvalidGrant, "The code or refresh token was used before, or was revoked.");
    }

    public async Task UserInfoAsync(HttpContext context)
    {
        AuthenticateResult asked = await context.AuthenticateAsync(Scheme);
        if (asked.Principal is not { } principal || !grants.IsOpen(principal.GetClaim(ProviderClaims.Grant) ?? ""))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return;
        }
        context.Response.ContentType = MediaTypeNames.Application.Json;
        Utf8JsonWriter json = new(context.Response.BodyWriter);
        await using (json)
        {
            ProviderClaims.WriteUserInfo(json, principal);
        }
    }

    public async Task EndSessionAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && SameOrigin.Holds(context.Request))
        {
            _remembered.Forget(context);
            await context.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = "/" });
            return;
        }
        await ShowAsync(context, ConfirmSignOut.Create(new PickerModel(Parameters(Request(context)), null)));
    }

    /// <summary>A disc with the initial, so that the claim leads somewhere without a request to the outside.</summary>
    public static Task PictureAsync(HttpContext context)
    {
        string name = context.Request.Query["name"].ToString();
        context.Response.Headers["Content-Security-Policy"] = "default-src 'none'";
        context.Response.ContentType = "image/svg+xml";
        return context.Response.WriteAsync(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><circle cx=\"32\" cy=\"32\" r=\"32\" fill=\"#5b5bd6\"/>"
                + "<text x=\"32\" y=\"42\" font-family=\"sans-serif\" font-size=\"30\" text-anchor=\"middle\" fill=\"#fff\">"
                + (name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) ? name[..1] : "?")
                + "</text></svg>"
        );
    }

    private async Task SignInAsync(HttpContext context, OpenIddictRequest request, Person person)
    {
        (string grant, string turn) = grants.Open();
        Uri origin = new($"{context.Request.Scheme}://{context.Request.Host}");
        ClaimsPrincipal principal = ProviderClaims.Principal(person, request.GetScopes(), origin, grant, turn);
        await context.SignInAsync(Scheme, principal);
    }

    private static Task RefuseAsync(HttpContext context, string error, string description) =>
        context.ForbidAsync(
            Scheme,
            new AuthenticationProperties(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            )
        );

    private static Task ShowPickerAsync(HttpContext context, string? problem) =>
        ShowAsync(context, Picker.Create(new PickerModel(Parameters(Request(context)), problem)));

    private static Task ShowAsync(HttpContext context, IResult page)
    {
        // No form-action: browsers apply it to the redirects that follow the form, which lead to the proxy and on.
        context.Response.Headers["Content-Security-Policy"] =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return page.ExecuteAsync(context);
    }

    private static OpenIddictRequest Request(HttpContext context) =>
        context.GetOpenIddictServerRequest()
        ?? throw new InvalidOperationException("The library did not handle this request.");

    /// <summary>The client's parameters, to be sent again with the choice.</summary>
    private static List<KeyValuePair<string, string>> Parameters(OpenIddictRequest request)
    {
        List<KeyValuePair<string, string>> parameters = [];
        foreach ((string name, OpenIddictParameter value) in request.GetParameters())
        {
            if (name is not ("person" or "name" or "email" or "groups") && (string?)value is { } text)
            {
                parameters.Add(new(name, text));
            }
        }
        return parameters;
    }
}
