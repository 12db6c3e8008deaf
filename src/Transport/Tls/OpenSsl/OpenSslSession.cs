using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Pomerium.Fast.Transport.Certificates;
using Pomerium.Fast.Transport.Loops;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>A TLS connection by the system's OpenSSL, which reads and writes the descriptor itself. Loop-affine.</summary>
internal sealed unsafe class OpenSslSession : TlsSession
{
    private const uint OnlyAlternativeNames = 0x20 | 0x4; // no common name, no partial wildcards (routing 9.7)
    private const int RecordBytesMax = 16 * 1024; // RFC 8446 5.1
    private const int HelloBytesMax = RecordBytesMax + (32 * 5); // with the headers of its records (hardening 8)
    private readonly string? _namePattern;
    private readonly nint _bio;
    private nint _ssl;
    private bool _drained;
    private string _detail = "";
    private bool _failedOnCertificate;
    private bool _failed;
    private OpenSslFacts? _facts;

    private OpenSslSession(nint ssl, int descriptor, string? namePattern, Loop loop)
    {
        if (ssl == 0)
        {
            throw new InvalidOperationException("OpenSSL cannot make a session");
        }
        _ssl = ssl;
        _namePattern = namePattern;
        Loop = loop;
        _ = Libssl.SetDescriptor(ssl, descriptor);
        _bio = Libssl.ReadSide(ssl);
    }

    /// <summary>The session whose handshake runs on this thread, for OpenSSL's callbacks.</summary>
    [field: ThreadStatic]
    public static OpenSslSession? Current { get; private set; }

    public Loop Loop { get; }
    public override ITlsFeature Facts => _facts ??= _ssl == 0 ? OpenSslFacts.None : OpenSslFacts.Read(_ssl);
    public override bool IsDrained => _drained;
    public override string FailureDetail => _detail;
    public override bool FailedOnCertificate => _failedOnCertificate;

    public static OpenSslSession Server(int descriptor, ServerTlsOptions options, Loop loop)
    {
        ServerContext context = ServerContext.Of(options);
        context.RotateTicketKeys(loop.UnixMs);
        OpenSslSession session = new(Libssl.New(context.Context), descriptor, namePattern: null, loop);
        Libssl.SetAccept(session._ssl);
        return session;
    }

    public static OpenSslSession Client(int descriptor, ClientTlsOptions options, Loop loop)
    {
        string name = options.ServerName;
        bool isPattern = name.Contains('*', StringComparison.Ordinal);
        OpenSslSession session = new(
            Libssl.New(ClientContext.Of(options).Context),
            descriptor,
            isPattern && !options.SkipVerify ? name : null,
            loop
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

    /// <summary>Certificates that were made for this handshake.</summary>
    public CertificateEntry[]? Prepared { get; private set; }

    /// <summary>Makes a certificate off the loop: key making and signing are no work for it; then the handshake goes on.</summary>
    public void Prepare(CertificateIndex index, string name) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                CertificateEntry[] made = work.Index.Make(work.Name);
                work.Session.Loop.Post(
                    static s =>
                    {
                        (OpenSslSession session, CertificateEntry[] made) = ((OpenSslSession, CertificateEntry[]))s!;
                        session.Prepared = made;
                        session.Resume?.Invoke();
                    },
                    (work.Session, made)
                );
            },
            (Session: this, Index: index, Name: name),
            preferLocal: false
        );

    public override TlsStatus Handshake()
    {
        Current = this;
        int result = Libssl.DoHandshake(_ssl);
        Current = null;
        if (result != 1)
        {
            TlsStatus status = Failure(result);
            return status == TlsStatus.WantRead && IsHelloTooLarge() ? TlsStatus.Failed : status;
        }
        if (_namePattern is { } pattern && !NamePattern.Matches(pattern, Facts.PeerCertificate))
        {
            _failedOnCertificate = true;
            _detail = $"no subject alternative name matches {pattern}";
            return TlsStatus.Failed;
        }
        return TlsStatus.Done;
    }

    /// <summary>A client that sends this much before anything is answered has no honest hello; OpenSSL would take 128 KiB.</summary>
    private bool IsHelloTooLarge()
    {
        if (Libssl.BytesRead(_bio) <= HelloBytesMax || Libssl.BytesWritten(_bio) > 0)
        {
            return false;
        }
        _failed = true;
        _detail = "the ClientHello is too large";
        return true;
    }

    public override TlsStatus Read(Span<byte> into, out int read)
    {
        bool held = Libssl.HasPending(_ssl) != 0;
        ulong before = Libssl.BytesRead(_bio);
        fixed (byte* to = into)
        {
            read = Libssl.Read(_ssl, to, into.Length);
        }
        if (read > 0)
        {
            // OpenSSL reads ahead into a buffer of a whole record: if all that this call took from the socket is less
            // than that, its last recv was a short one and the socket is empty.
            _drained = !held && Libssl.BytesRead(_bio) - before < RecordBytesMax && Libssl.HasPending(_ssl) == 0;
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
            Libssl.Free(_ssl);
            _ssl = 0;
        }
    }

    private TlsStatus Failure(int result)
    {
        int error = Libssl.GetError(_ssl, result);
        if (error is Libssl.ErrorSsl or Libssl.ErrorSyscall)
        {
            // SSL_get_error believes a filled error queue more than the session, and other users of OpenSSL on this
            // thread may leave errors behind: with the queue empty it says what is true of this session.
            OpenSslError taken = OpenSslError.Take();
            error = Libssl.GetError(_ssl, result);
            if (error is Libssl.ErrorSsl or Libssl.ErrorSyscall)
            {
                return Fatal(taken);
            }
        }
        return error switch
        {
            Libssl.ErrorWantRead => TlsStatus.WantRead,
            Libssl.ErrorWantWrite => TlsStatus.WantWrite,
            Libssl.ErrorWantLookup => TlsStatus.WantCertificate,
            Libssl.ErrorZeroReturn => TlsStatus.Closed,
            _ => Fatal(OpenSslError.Take()),
        };
    }

    private TlsStatus Fatal(OpenSslError error)
    {
        _failed = true;
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
        Libssl.VerifyHostFlags(parameters, OnlyAlternativeNames);
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
