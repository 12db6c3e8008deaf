using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>A TLS connection by the system's OpenSSL, which reads and writes the descriptor itself. Loop-affine.</summary>
internal sealed unsafe class OpenSslSession : TlsSession
{
    private const uint NeverCheckSubject = 0x20; // only subject alternative names count (routing 9.7)
    private readonly string? _namePattern;
    private nint _ssl;
    private string _detail = "";
    private bool _failedOnCertificate;
    private bool _failed;
    private OpenSslFacts? _facts;

    private OpenSslSession(nint ssl, int descriptor, string? namePattern)
    {
        _ssl = ssl;
        _namePattern = namePattern;
        _ = Libssl.SetDescriptor(ssl, descriptor);
    }

    public override ITlsFeature Facts => _facts ??= OpenSslFacts.Read(_ssl);
    public override bool HasPending => _ssl != 0 && Libssl.Pending(_ssl) > 0;
    public override string FailureDetail => _detail;
    public override bool FailedOnCertificate => _failedOnCertificate;

    public static OpenSslSession Server(int descriptor, ServerTlsOptions options)
    {
        OpenSslSession session = new(Libssl.New(ServerContext.Of(options).Context), descriptor, namePattern: null);
        Libssl.SetAccept(session._ssl);
        return session;
    }

    public static OpenSslSession Client(int descriptor, ClientTlsOptions options)
    {
        string name = options.ServerName;
        bool isPattern = name.Contains('*', StringComparison.Ordinal);
        OpenSslSession session = new(
            Libssl.New(ClientContext.Of(options).Context),
            descriptor,
            isPattern && !options.SkipVerify ? name : null
        );
        Libssl.SetConnect(session._ssl);
        if (IPAddress.TryParse(name, out IPAddress? address))
        {
            session.ExpectAddress(address);
        }
        else
        {
            session.ExpectName(isPattern ? null : name, name.Replace("*", "example", StringComparison.Ordinal));
        }
        return session;
    }

    public override TlsStatus Handshake()
    {
        int result = Libssl.DoHandshake(_ssl);
        if (result != 1)
        {
            return Failure(result);
        }
        if (_namePattern is { } pattern && !NamePattern.Matches(pattern, Facts.PeerCertificate))
        {
            _failedOnCertificate = true;
            _detail = $"no subject alternative name matches {pattern}";
            return TlsStatus.Failed;
        }
        return TlsStatus.Done;
    }

    public override TlsStatus Read(Span<byte> into, out int read)
    {
        fixed (byte* to = into)
        {
            read = Libssl.Read(_ssl, to, into.Length);
        }
        if (read > 0)
        {
            return TlsStatus.Done;
        }
        int result = read;
        read = 0;
        return Failure(result);
    }

    public override TlsStatus Write(ReadOnlySpan<byte> bytes, out int written)
    {
        fixed (byte* from = bytes)
        {
            written = Libssl.Write(_ssl, from, bytes.Length);
        }
        if (written > 0)
        {
            return TlsStatus.Done;
        }
        int result = written;
        written = 0;
        return Failure(result);
    }

    public override void Shutdown()
    {
        // After a fatal error OpenSSL forbids it.
        if (_ssl != 0 && !_failed && Libssl.Shutdown(_ssl) < 0)
        {
            Libssl.ClearErrors();
        }
    }

    public override void Dispose()
    {
        if (_ssl != 0)
        {
            _ = Facts;
            Libssl.Free(_ssl);
            _ssl = 0;
        }
    }

    private TlsStatus Failure(int result)
    {
        switch (Libssl.GetError(_ssl, result))
        {
            case Libssl.ErrorWantRead:
                return TlsStatus.WantRead;
            case Libssl.ErrorWantWrite:
                return TlsStatus.WantWrite;
            case Libssl.ErrorWantLookup:
                return TlsStatus.WantCertificate;
            case Libssl.ErrorZeroReturn:
                return TlsStatus.Closed;
            default:
                return Fatal();
        }
    }

    private TlsStatus Fatal()
    {
        _failed = true;
        OpenSslError error = OpenSslError.Take();
        _detail = error.Text;
        if (error.Reason == OpenSslError.CertificateVerifyFailed)
        {
            _failedOnCertificate = true;
            nint code = Libssl.VerifyResult(_ssl);
            _detail = $"certificate verify failed: {Marshal.PtrToStringUTF8((nint)Libssl.VerifyErrorText(code))}";
        }
        return error.Reason is OpenSslError.UnexpectedEnd or 0 ? TlsStatus.Truncated : TlsStatus.Failed;
    }

    private void ExpectAddress(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        fixed (byte* at = bytes)
        {
            _ = Libssl.VerifyAddress(Libssl.VerifyParameters(_ssl), at, bytes.Length);
        }
    }

    private void ExpectName(string? verified, string sni)
    {
        nint parameters = Libssl.VerifyParameters(_ssl);
        Libssl.VerifyHostFlags(parameters, NeverCheckSubject);
        fixed (byte* at = Encoding.ASCII.GetBytes(sni + "\0"))
        {
            Libssl.Control(_ssl, Libssl.ControlHostName, 0, at);
            if (verified is not null)
            {
                _ = Libssl.VerifyHost(parameters, at, 0);
            }
        }
    }
}
