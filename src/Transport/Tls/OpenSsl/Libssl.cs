using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>
/// Every native declaration of OpenSSL 3 that the engine uses. Rule: a failed call leaves the error queue filled;
/// <see cref="OpenSslError.Take"/> empties it at once, so it is empty before every call and never leaks between
/// connections.
/// </summary>
internal static unsafe partial class Libssl
{
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    public const int ErrorSsl = 1;
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorWantLookup = 4;
    public const int ErrorSyscall = 5;
    public const int ErrorZeroReturn = 6;

    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlSessionCache = 44;
    public const int ControlHostName = 55;
    public const int ControlTicketKeys = 59;
    public const int ControlGroups = 92;
    public const int ControlMinVersion = 123;
    public const int Tls12 = 0x0303;
    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const ulong NoRenegotiation = 1UL << 30;
    public const ulong NoCompression = 1UL << 17;
    public const ulong ServerPreference = 1UL << 22;
    public const ulong PrioritizeChaCha = 1UL << 21;

    /// <summary>SSL_MODE_ENABLE_PARTIAL_WRITE, ACCEPT_MOVING_WRITE_BUFFER, AUTO_RETRY, RELEASE_BUFFERS.</summary>
    public const nint Modes = 0x1 | 0x2 | 0x4 | 0x10;

    [LibraryImport(Ssl, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint value, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ContextSetCiphers(nint context, string list);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int ContextSetSessionIdContext(nint context, byte* id, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int ContextSetTickets(nint context, nuint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_cb")]
    public static partial void ContextSetCertificateCallback(
        nint context,
        delegate* unmanaged<nint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void ContextSetAlpnCallback(
        nint context,
        delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_protos")]
    public static partial int ContextSetAlpn(nint context, byte* protocols, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_select_next_proto")]
    public static partial int SelectAlpn(
        byte** selected,
        byte* length,
        byte* server,
        uint serverLength,
        byte* client,
        uint clientLength
    );

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    public static partial int ContextSetDefaultRoots(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint ContextStore(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_cert_and_key")]
    public static partial int ContextUseCertificate(nint context, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_fd")]
    public static partial int SetDescriptor(nint ssl, int descriptor);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAccept(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnect(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint value, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* into, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* from, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_has_pending")]
    [SuppressGCTransition]
    public static partial int HasPending(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_rbio")]
    public static partial nint ReadSide(nint ssl);

    [LibraryImport(Crypto, EntryPoint = "BIO_number_read")]
    [SuppressGCTransition]
    public static partial ulong BytesRead(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_number_written")]
    [SuppressGCTransition]
    public static partial ulong BytesWritten(nint bio);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_servername")]
    public static partial byte* ServerName(nint ssl, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_version")]
    public static partial byte* Version(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void SelectedAlpn(nint ssl, byte** protocol, uint* length);

    [LibraryImport(Ssl, EntryPoint = "SSL_session_reused")]
    public static partial int Reused(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_param")]
    public static partial nint VerifyParameters(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint PeerCertificate(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_verify_result")]
    public static partial nint VerifyResult(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_use_cert_and_key")]
    public static partial int UseCertificate(nint ssl, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Crypto, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerifyErrorText(nint code);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_host")]
    public static partial int VerifyHost(nint parameters, byte* name, nint length);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_ip")]
    public static partial int VerifyAddress(nint parameters, byte* address, nint length);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set_hostflags")]
    public static partial void VerifyHostFlags(nint parameters, uint flags);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAdd(nint store, nint certificate);

    [LibraryImport(Crypto, EntryPoint = "BIO_new_mem_buf")]
    public static partial nint MemoryNew(byte* bytes, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_free")]
    public static partial int MemoryFree(nint memory);

    [LibraryImport(Crypto, EntryPoint = "PEM_read_bio_X509")]
    public static partial nint ReadCertificate(nint memory, nint into, nint callback, nint argument);

    [LibraryImport(Crypto, EntryPoint = "PEM_read_bio_PrivateKey")]
    public static partial nint ReadKey(
        nint memory,
        nint into,
        delegate* unmanaged<byte*, int, int, nint, int> callback,
        nint argument
    );

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    public static partial int EncodeCertificate(nint certificate, byte** into);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_new_null")]
    public static partial nint StackNew();

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_push")]
    public static partial int StackPush(nint stack, nint item);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_pop")]
    public static partial nint StackPop(nint stack);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_free")]
    public static partial void StackFree(nint stack);

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    public static partial nuint NextError();

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ReasonText(nuint error);
}
