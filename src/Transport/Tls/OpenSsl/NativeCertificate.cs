using System.Runtime.InteropServices;

namespace Pomerium.Fast.Transport.Tls.OpenSsl;

/// <summary>A certificate with its chain and key in OpenSSL's form. Owns them.</summary>
internal sealed class NativeCertificate : IDisposable
{
    private int _disposed;

    private NativeCertificate(nint leaf, nint chain, nint key)
    {
        Leaf = leaf;
        Chain = chain;
        Key = key;
    }

    ~NativeCertificate() => Release();

    public nint Leaf { get; }
    public nint Chain { get; }
    public nint Key { get; }

    /// <exception cref="InvalidDataException">Not PEM, an encrypted key, or no certificate at all.</exception>
    public static NativeCertificate Load(ReadOnlySpan<byte> certificatePem, ReadOnlySpan<byte> keyPem)
    {
        List<nint> certificates = ReadCertificates(certificatePem);
        nint key = ReadKey(keyPem);
        if (certificates.Count == 0 || key == 0)
        {
            certificates.ForEach(Libssl.CertificateFree);
            Libssl.KeyFree(key);
            throw new InvalidDataException(
                certificates.Count == 0 ? "no certificate in the PEM" : "no unencrypted private key in the PEM"
            );
        }
        nint chain = Libssl.StackNew();
        foreach (nint intermediate in certificates.Skip(1))
        {
            _ = Libssl.StackPush(chain, intermediate);
        }
        return new NativeCertificate(certificates[0], chain, key);
    }

    /// <summary>Every certificate of a PEM bundle; the caller owns them.</summary>
    public static unsafe List<nint> ReadCertificates(ReadOnlySpan<byte> pem)
    {
        List<nint> found = [];
        fixed (byte* bytes = pem)
        {
            nint memory = Libssl.MemoryNew(bytes, pem.Length);
            nint certificate;
            while ((certificate = Libssl.ReadCertificate(memory, 0, 0, 0)) != 0)
            {
                found.Add(certificate);
            }
            _ = Libssl.MemoryFree(memory);
        }
        Libssl.ClearErrors();
        return found;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static unsafe nint ReadKey(ReadOnlySpan<byte> pem)
    {
        fixed (byte* bytes = pem)
        {
            nint memory = Libssl.MemoryNew(bytes, pem.Length);
            nint key = Libssl.ReadKey(memory, 0, &NoPassword, 0);
            _ = Libssl.MemoryFree(memory);
            Libssl.ClearErrors();
            return key;
        }
    }

    /// <summary>Without this OpenSSL would ask on the terminal.</summary>
    [UnmanagedCallersOnly]
    private static unsafe int NoPassword(byte* into, int size, int writing, nint argument) => -1;

    private void Release()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        Libssl.CertificateFree(Leaf);
        Libssl.KeyFree(Key);
        nint intermediate;
        while ((intermediate = Libssl.StackPop(Chain)) != 0)
        {
            Libssl.CertificateFree(intermediate);
        }
        Libssl.StackFree(Chain);
    }
}
