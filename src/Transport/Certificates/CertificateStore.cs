namespace Pomerium.Fast.Transport.Certificates;

/// <summary>The current certificate index of a listener; replaced as a whole by a reload.</summary>
public sealed class CertificateStore(CertificateIndex index)
{
    private CertificateIndex _current = index;

    public CertificateIndex Current => Volatile.Read(ref _current);

    public void Replace(CertificateIndex next) => Volatile.Write(ref _current, next);
}
