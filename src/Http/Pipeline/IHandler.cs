using Pomerium.Fast.Http.Messages;

namespace Pomerium.Fast.Http.Pipeline;

public enum Step : byte
{
    /// <summary>The next handler, at last the proxying.</summary>
    Continue,

    /// <summary>The exchange holds the whole answer.</summary>
    Answered,

    /// <summary>The control plane answers: <see cref="Exchange.Facts"/> says with what.</summary>
    HandOver,

    /// <summary>A failure answer by <see cref="Exchange.Failure"/>.</summary>
    Failed,

    /// <summary><see cref="Exchange.Resume"/> will be called on the loop.</summary>
    Pending,
}

/// <summary>A stage of the pipeline. One instance serves all loops and exchanges of one configuration; it allocates nothing per request in the steady state.</summary>
public interface IHandler
{
    Step Handle(Exchange exchange);
}

/// <summary>Told when an exchange has ended, on its loop, before it is reused.</summary>
public interface IExchangeObserver
{
    void OnCompleted(Exchange exchange);
}

/// <summary>Values of the session that <c>set_request_headers</c> templates may name (routing 7.3); empty when there are none.</summary>
public interface IIdentityValues
{
    ReadOnlySpan<byte> AccessToken { get; }
    ReadOnlySpan<byte> IdToken { get; }

    /// <summary>The assertion for this exchange's audience.</summary>
    ReadOnlySpan<byte> Assertion(Exchange exchange);
}
