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
        Dictionary<string, List<CertificateEntry>> byName = new(StringComparer.Ordinal);
        ImmutableArray<CertificateProblem>.Builder problems = ImmutableArray.CreateBuilder<CertificateProblem>();
        CertificateEntry? first = null;
        for (int i = 0; i < sources.Count; i++)
        {
            try
            {
                CertificateEntry entry = new(sources[i].CertificatePem, sources[i].KeyPem);
                first ??= entry;
                foreach (string name in CheckedNames(sources[i]))
                {
                    if (!byName.TryGetValue(name, out List<CertificateEntry>? entries))
                    {
                        byName[name] = entries = [];
                    }
                    entries.Add(entry);
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
            static n => n.Value.ToArray(),
            StringComparer.Ordinal
        );
        return (new CertificateIndex(frozen, first is null ? [fallback.CatchAll] : [first], fallback), []);
    }

    /// <summary>The certificates to offer, one per key type; OpenSSL takes the one that the client can verify.</summary>
    /// <param name="sni">As the client sent it; anything that is no host name counts as absent.</param>
    public CertificateEntry[] Select(ReadOnlySpan<byte> sni)
    {
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
        return dot > 0 && _byName.TryGetValue("*" + name[dot..], out CertificateEntry[]? wildcard)
            ? wildcard
            : _fallback.For(name);
    }

    private static IReadOnlyList<string> CheckedNames(CertificateSource source)
    {
        string pem = Encoding.UTF8.GetString(source.CertificatePem.Span);
        using X509Certificate2 pair = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(source.KeyPem.Span));
        return CertificateNames.Of(pair);
    }

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
