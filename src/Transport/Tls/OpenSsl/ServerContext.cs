using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>
/// The SSL_CTX of a listener, shared by all loops, so that a ticket from one loop resumes on another. Certificates are
/// chosen per handshake by the certificate callback.
/// </summary>
internal sealed unsafe class ServerContext
{
    /// <summary>TLS 1.2 only with forward secrecy and an AEAD (hardening 8); TLS 1.3 suites are all of that kind.</summary>
    private const string Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
    private static readonly ConditionalWeakTable<ServerTlsOptions, ServerContext> Known = [];
    private readonly CertificateStore _certificates;
    private readonly byte* _alpn;
    private readonly uint _alpnLength;
    private long _ticketKeysSinceMs;

    private ServerContext(ServerTlsOptions options)
    {
        _certificates = options.Certificates;
        byte[] alpn = AlpnBytes.Encode(options.Alpn);
        _alpn = (byte*)NativeMemory.Alloc((nuint)alpn.Length);
        _alpnLength = (uint)alpn.Length;
        alpn.CopyTo(new Span<byte>(_alpn, alpn.Length));
        Context = Libssl.ContextNew(Libssl.ServerMethod());
        ContextDefaults.Apply(Context, Ciphers);
        Libssl.ContextSetOptions(Context, Libssl.ServerPreference | Libssl.PrioritizeChaCha);
        _ = Libssl.ContextSetTickets(Context, 1);
        fixed (byte* id = "pomerium-fast"u8)
        {
            _ = Libssl.ContextSetSessionIdContext(Context, id, 13);
        }
        // Freed never: a listener's context lives as long as handshakes may arrive, and listeners are few.
        nint self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        Libssl.ContextSetCertificateCallback(Context, &OnCertificate, self);
        Libssl.ContextSetAlpnCallback(Context, &OnAlpn, self);
    }

    public nint Context { get; }

    /// <summary>New ticket keys every 12 hours (hardening 8): who stole one reads half a day at most.</summary>
    public void RotateTicketKeys(long nowMs)
    {
        const long Every = 12 * 60 * 60 * 1000;
        const int KeyBytes = 80; // name 16, HMAC 32, AES 32
        long since = Volatile.Read(ref _ticketKeysSinceMs);
        if (since != 0 && nowMs - since < Every)
        {
            return;
        }
        if (Interlocked.CompareExchange(ref _ticketKeysSinceMs, nowMs, since) == since && since != 0)
        {
            Span<byte> keys = stackalloc byte[KeyBytes];
            RandomNumberGenerator.Fill(keys);
            fixed (byte* at = keys)
            {
                Libssl.ContextControl(Context, Libssl.ControlTicketKeys, KeyBytes, at);
            }
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    public static ServerContext Of(ServerTlsOptions options) =>
        Known.GetValue(options, static o => new ServerContext(o));

    /// <summary>
    /// 1: go on with the certificates set; 0: fail the handshake; -1: wait for a certificate that is being made. No
    /// exception may cross into native code.
    /// </summary>
    [UnmanagedCallersOnly]
    private static int OnCertificate(nint ssl, nint argument)
    {
        try
        {
            ServerContext self = (ServerContext)GCHandle.FromIntPtr(argument).Target!;
            byte* name = Libssl.ServerName(ssl, 0);
            ReadOnlySpan<byte> sni = name is null ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
            OpenSslSession session = OpenSslSession.Current!;
            CertificateIndex index = self._certificates.Current;
            string? missing = null;
            CertificateEntry[]? entries = session.Prepared ?? index.Find(sni, out missing);
            if (entries is null)
            {
                session.Prepare(index, missing!);
                return -1;
            }
            bool any = false;
            foreach (CertificateEntry entry in entries)
            {
                NativeCertificate native = entry.Native;
                // One certificate per key type: OpenSSL takes the one that the client can verify, ECDSA first.
                any |= Libssl.UseCertificate(ssl, native.Leaf, native.Key, native.Chain, 1) == 1;
            }
            if (!any)
            {
                Libssl.ClearErrors();
            }
            return any ? 1 : 0;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnAlpn(
        nint ssl,
        byte** selected,
        byte* selectedLength,
        byte* offered,
        uint offeredLength,
        nint argument
    )
    {
        const int Negotiated = 1;
        const int Ok = 0;
        const int FatalAlert = 2;
        ServerContext self = (ServerContext)GCHandle.FromIntPtr(argument).Target!;
        return
            Libssl.SelectAlpn(selected, selectedLength, self._alpn, self._alpnLength, offered, offeredLength)
            == Negotiated
            ? Ok
            : FatalAlert;
    }
}

/// <summary>Protocol names as ALPN sends them: each with its length before it (RFC 7301 3.1).</summary>
internal static class AlpnBytes
{
    public static byte[] Encode(IEnumerable<string> protocols) =>
        [.. protocols.Select(Encoding.ASCII.GetBytes).SelectMany(static p => p.Prepend((byte)p.Length))];
}

internal static unsafe class ContextDefaults
{
    /// <summary>What both sides share: TLS 1.2 at least, no renegotiation, no compression, buffers given back when idle.</summary>
    public static void Apply(nint context, string ciphers)
    {
        Libssl.ContextControl(context, Libssl.ControlMode, Libssl.Modes, null);
        Libssl.ContextControl(context, Libssl.ControlMinVersion, Libssl.Tls12, null);
        // One recv takes a record whole, and not its header first.
        Libssl.ContextControl(context, Libssl.ControlReadAhead, 1, null);
        // Tickets carry the state; a cache shared by the loops would be a lock and a memory of clients.
        Libssl.ContextControl(context, Libssl.ControlSessionCache, 0, null);
        Libssl.ContextSetOptions(context, Libssl.NoRenegotiation | Libssl.NoCompression);
        _ = Libssl.ContextSetCiphers(context, ciphers);
        fixed (byte* groups = "X25519:P-256\0"u8)
        {
            Libssl.ContextControl(context, Libssl.ControlGroups, 0, groups);
        }
    }
}
