using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pomerium.Fast.Transport.Certificates;

/// <summary>
/// Certificates made for names that no configured one fits, issued by a CA that is derived from the shared secret
/// (config 8.2), so that replicas present the same issuer. Bounded in number and rate, since anyone may ask for names.
/// </summary>
public sealed class FallbackCertificates
{
    public const int NamesMax = 1024;
    public const int MadePerSecondMax = 50;
    private static readonly DateTimeOffset From = new(2022, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2050, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, CertificateEntry[] Entries)>> _made = new(
        StringComparer.Ordinal
    );
    private readonly LinkedList<(string Name, CertificateEntry[] Entries)> _recent = new();
    private readonly ECDsa _authorityKey;
    private readonly X509Certificate2 _authority;
    private readonly TimeProvider _time;
    private readonly Lazy<CertificateEntry> _catchAll;
    private long _second;
    private int _madeThisSecond;

    /// <param name="sharedSecret">32 bytes.</param>
    public FallbackCertificates(ReadOnlySpan<byte> sharedSecret, TimeProvider time)
    {
        _time = time;
        _authorityKey = DerivedKey.Create(DerivedKey.AuthorityKey, sharedSecret);
        CertificateRequest request = new("O=Pomerium, CN=Pomerium PSK CA", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        _authority = request.CreateSelfSigned(From, Until);
        _catchAll = new Lazy<CertificateEntry>(() => Make("*"));
    }

    /// <summary>Told of every name for which a certificate is made; from any thread.</summary>
    public Action<string>? Made { get; init; }

    /// <summary>The CA that issues them, PEM.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>Served when no name is asked for and nothing is configured, and to names above the rate.</summary>
    public CertificateEntry CatchAll => _catchAll.Value;

    /// <summary>The certificate for the lower-case name if it was made before.</summary>
    public CertificateEntry[]? Known(string name)
    {
        lock (_gate)
        {
            if (!_made.TryGetValue(name, out LinkedListNode<(string, CertificateEntry[] Entries)>? known))
            {
                return null;
            }
            _recent.Remove(known);
            _recent.AddFirst(known);
            return known.Value.Entries;
        }
    }

    /// <summary>The certificate for the lower-case name, made now if there is none.</summary>
    public CertificateEntry[] For(string name)
    {
        if (Known(name) is { } known)
        {
            return known;
        }
        lock (_gate)
        {
            if (!MayMake())
            {
                return [CatchAll];
            }
        }
        // Two handshakes for one new name may both make one; the later stays. Loops never wait here for a signature.
        CertificateEntry[] entries = [Make(name)];
        lock (_gate)
        {
            if (_made.Remove(name, out LinkedListNode<(string, CertificateEntry[] Entries)>? twin))
            {
                _recent.Remove(twin);
            }
            _made[name] = _recent.AddFirst((name, entries));
            if (_made.Count > NamesMax)
            {
                _made.Remove(_recent.Last!.Value.Name);
                _recent.RemoveLast();
            }
        }
        Made?.Invoke(name);
        return entries;
    }

    private bool MayMake()
    {
        long second = _time.GetUtcNow().ToUnixTimeSeconds();
        if (second != _second)
        {
            _second = second;
            _madeThisSecond = 0;
        }
        return _madeThisSecond++ < MadePerSecondMax;
    }

    private CertificateEntry Make(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("O=Pomerium", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)
        );
        DateTimeOffset now = _time.GetUtcNow();
        using X509Certificate2 certificate = request.Create(
            _authority,
            now.AddMinutes(-10),
            now.AddYears(1),
            RandomNumberGenerator.GetBytes(16)
        );
        return new CertificateEntry(
            Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + AuthorityPem),
            Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())
        );
    }
}
