using Pomerium.Fast.Http.Messages;
using Pomerium.Fast.Http.Routing;

namespace Pomerium.Fast.Http.Pipeline;

/// <summary>Which page the control plane makes.</summary>
public enum PageKind : byte
{
    /// <summary>The endpoint that the path names (<c>/.pomerium/…</c> and the like).</summary>
    Endpoint,

    /// <summary>The error page of <see cref="ExchangeFacts.Status"/>.</summary>
    Error,
}

/// <summary>
/// What the control plane is told of an exchange beside the head. It travels as an object on the in-memory
/// connection, never as headers, so nothing that a client sends can pretend to be it.
/// </summary>
public sealed class ExchangeFacts
{
    public PageKind Page { get; set; }

    /// <summary>Of an error page.</summary>
    public int Status { get; set; }

    /// <summary>Status text of an error page, e.g. <c>Forbidden</c>.</summary>
    public string StatusText { get; set; } = "";

    /// <summary>Description of an error page; empty for the default of the status.</summary>
    public string Description { get; set; } = "";

    /// <summary>Word of the failure for whoever looks for its cause, e.g. <c>route_not_found</c>; empty for a refusal.</summary>
    public string Detail { get; set; } = "";

    /// <summary>Belongs to the handlers of Auth: the policy decision with its explanation, or null.</summary>
    public object? Decision { get; set; }

    // Filled by the hand-over from the exchange.
    public ClientAddress ClientAddress { get; set; }
    public string RequestId { get; set; } = "";
    public string Authority { get; set; } = "";
    public bool IsTls { get; set; }
    public Route? Route { get; set; }
    public object? Session { get; set; }

    public void Reset()
    {
        Page = PageKind.Endpoint;
        Status = 0;
        StatusText = Description = Detail = RequestId = Authority = "";
        Decision = Session = null;
        ClientAddress = default;
        IsTls = false;
        Route = null;
    }
}

/// <summary>On the in-memory connection to the control plane while an exchange uses it.</summary>
public interface IExchangeFactsFeature
{
    ExchangeFacts? Facts { get; set; }
}
