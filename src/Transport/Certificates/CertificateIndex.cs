using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pomerium.Fast.Transport.Certificates;

/// <param name="CertificateSourceName">For messages: the file, or the option that held the PEM.</param>
public sealed record CertificateSource(
    ReadOnlyMemory<byte> CertificatePem,
    ReadOnlyMemory<byte> KeyPem,
    string CertificateSourceName,
    string KeySourceName
);

/// <param name="Index">Position of the source in the list.</param>
public sealed record CertificateProblem(int Index, string Message);

/// <summary>
/// Immutable index of served certificates (routing 10.2, 10.3): exact name, then the one-label wildcard, then one
/// generated for the asked name, never "the first one". Without a name: the first configured, else the catch-all.
/// </summary>
public sealed class CertificateIndex
{
    private const int NameMax = 255;
    private readonly FrozenDictionary<string, CertificateEntry[]> _byName;
    private readonly CertificateEntry[] _withoutName;
    private readonly FallbackCertificates _fallback;

    private CertificateIndex(
        FrozenDictionary<string, CertificateEntry[]> byName,
        CertificateEntry[] withoutName,
        FallbackCertificates fallback
    )
    {
        _byName = byName;
        _withoutName = withoutName;
        _fallback = fallback;
    }

    /// <summary>Every pair is checked; the index is null when there is a problem.</summary>
    public static (CertificateIndex? Index, ImmutableArray<CertificateProblem> Problems) Build(
        IReadOnlyList<CertificateSource> sources,
        FallbackCertificates fallback
    )
    {
        // Per name the first of each key type: OpenSSL offers one of each, and the first in the list wins (10.2).
        Dictionary<string, (CertificateEntry? Elliptic, CertificateEntry? Other)> byName = new(StringComparer.Ordinal);
        ImmutableArray<CertificateProblem>.Builder problems = ImmutableArray.CreateBuilder<CertificateProblem>();
        CertificateEntry? first = null;
        for (int i = 0; i < sources.Count; i++)
        {
            try
            {
                (IReadOnlyList<string> names, bool isElliptic) = Check(sources[i]);
                CertificateEntry entry = new(sources[i].CertificatePem, sources[i].KeyPem);
                first ??= entry;
                foreach (string name in names)
                {
                    (CertificateEntry? elliptic, CertificateEntry? other) = byName.GetValueOrDefault(name);
                    byName[name] = isElliptic ? (elliptic ?? entry, other) : (elliptic, other ?? entry);
                }
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                problems.Add(
                    new CertificateProblem(
                        i,
                        $"certificate {sources[i].CertificateSourceName} and key {sources[i].KeySourceName} do not load as a pair: {e.Message}"
                    )
                );
            }
        }
        if (problems.Count > 0)
        {
            return (null, problems.ToImmutable());
        }
        FrozenDictionary<string, CertificateEntry[]> frozen = byName.ToFrozenDictionary(
            static n => n.Key,
            static n => Entries(n.Value.Elliptic, n.Value.Other),
            StringComparer.Ordinal
        );
        return (new CertificateIndex(frozen, first is null ? [fallback.CatchAll] : [first], fallback), []);
    }

    /// <summary>The certificates to offer, one per key type; makes one when none fits.</summary>
    /// <param name="sni">As the client sent it; anything that is no host name counts as absent.</param>
    public CertificateEntry[] Select(ReadOnlySpan<byte> sni) => Find(sni, out string? missing) ?? Make(missing!);

    /// <summary>As <see cref="Select"/>, but null with the name when one would have to be made.</summary>
    public CertificateEntry[]? Find(ReadOnlySpan<byte> sni, out string? missing)
    {
        missing = null;
        if (sni.Length is 0 or > NameMax || !IsHostName(sni))
        {
            return _withoutName;
        }
        string name = Encoding.ASCII.GetString(sni).ToLowerInvariant();
        if (_byName.TryGetValue(name, out CertificateEntry[]? exact))
        {
            return exact;
        }
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && _byName.TryGetValue("*" + name[dot..], out CertificateEntry[]? wildcard))
        {
            return wildcard;
        }
        CertificateEntry[]? made = _fallback.Known(name);
        missing = made is null ? name : null;
        return made;
    }

    /// <summary>The generated certificate for a name of <see cref="Find"/>. From any thread; takes a while.</summary>
    public CertificateEntry[] Make(string name) => _fallback.For(name);

    /// <summary>The names, and whether the key is an elliptic one; refuses a key that is another's.</summary>
    private static (IReadOnlyList<string> Names, bool IsElliptic) Check(CertificateSource source)
    {
        string pem = Encoding.UTF8.GetString(source.CertificatePem.Span);
        using X509Certificate2 pair = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(source.KeyPem.Span));
        using ECDsa? elliptic = pair.GetECDsaPublicKey();
        return (CertificateNames.Of(pair), elliptic is not null);
    }

    private static CertificateEntry[] Entries(CertificateEntry? elliptic, CertificateEntry? other) =>
        elliptic is null ? [other!]
        : other is null ? [elliptic]
        : [elliptic, other];

    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        bool labelEmpty = true;
        bool allDigits = true;
        foreach (byte b in name)
        {
            bool dot = b == '.';
            if ((dot && labelEmpty) || !(dot || char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_'))
            {
                return false;
            }
            allDigits &= dot || char.IsAsciiDigit((char)b);
            labelEmpty = dot;
        }
        return !labelEmpty && !allDigits;
    }
}
