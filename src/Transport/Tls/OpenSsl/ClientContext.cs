using System.Runtime.CompilerServices;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>The SSL_CTX of one way to reach an upstream; made once for its options and freed with them.</summary>
internal sealed unsafe class ClientContext
{
    private const string Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";
    private static readonly ConditionalWeakTable<ClientTlsOptions, ClientContext> Known = [];

    private ClientContext(ClientTlsOptions options)
    {
        Context = Libssl.ContextNew(Libssl.ClientMethod());
        ContextDefaults.Apply(Context, Ciphers);
        byte[] alpn = AlpnBytes.Encode(options.Alpn);
        fixed (byte* protocols = alpn)
        {
            _ = Libssl.ContextSetAlpn(Context, protocols, (uint)alpn.Length);
        }
        Libssl.ContextSetVerify(Context, options.SkipVerify ? Libssl.VerifyNone : Libssl.VerifyPeer, 0);
        AddRoots(options);
        if (options.ClientCertificatePem is { } certificate && options.ClientKeyPem is { } key)
        {
            using NativeCertificate native = NativeCertificate.Load(certificate.Span, key.Span);
            _ = Libssl.ContextUseCertificate(Context, native.Leaf, native.Key, native.Chain, 1);
        }
        Libssl.ClearErrors();
    }

    // Sessions hold their own reference on the context, so this only drops ours.
    ~ClientContext() => Libssl.ContextFree(Context);

    public nint Context { get; }

    public static ClientContext Of(ClientTlsOptions options) =>
        Known.GetValue(options, static o => new ClientContext(o));

    private void AddRoots(ClientTlsOptions options)
    {
        if (options.OnlyRootsPem is { } only)
        {
            Add(only.Span);
            return;
        }
        _ = Libssl.ContextSetDefaultRoots(Context);
        foreach (ReadOnlyMemory<byte> pem in options.AdditionalRootsPem)
        {
            Add(pem.Span);
        }
    }

    private void Add(ReadOnlySpan<byte> pem)
    {
        nint store = Libssl.ContextStore(Context);
        foreach (nint certificate in NativeCertificate.ReadCertificates(pem))
        {
            _ = Libssl.StoreAdd(store, certificate);
            Libssl.CertificateFree(certificate);
        }
    }
}
