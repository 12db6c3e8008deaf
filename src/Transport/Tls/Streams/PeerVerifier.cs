using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pomerium.Fast.Transport.Certificates;

namespace Pomerium.Fast.Transport.Tls.Streams;

/// <summary>Judges an upstream's certificate as the OpenSSL engine does (routing 9.7), for one way to reach it.</summary>
internal sealed class PeerVerifier(ClientTlsOptions options)
{
    /// <summary>Why the last certificate was refused.</summary>
    public string? Refusal { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (options.SkipVerify)
        {
            return true;
        }
        Refusal = certificate is X509Certificate2 leaf ? Judge(leaf, chain) : "no certificate was shown";
        return Refusal is null;
    }

    private string? Judge(X509Certificate2 leaf, X509Chain? shown)
    {
        if (!IsNamed(leaf))
        {
            return $"certificate verify failed: no alternative name is {options.ServerName}";
        }
        if (options.OnlyRootsPem is { } only)
        {
            return Chain(leaf, shown, only);
        }
        string? refusal = Chain(leaf, shown, roots: null);
        foreach (ReadOnlyMemory<byte> additional in options.AdditionalRootsPem)
        {
            if (refusal is null)
            {
                break;
            }
            refusal = Chain(leaf, shown, additional);
        }
        return refusal;
    }

    private bool IsNamed(X509Certificate2 leaf) =>
        options.ServerName.Contains('*', StringComparison.Ordinal)
            ? NamePattern.Matches(options.ServerName, leaf.RawDataMemory)
            : leaf.MatchesHostname(options.ServerName, allowWildcards: true, allowCommonName: false);

    private static string? Chain(X509Certificate2 leaf, X509Chain? shown, ReadOnlyMemory<byte>? roots)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (roots is { } pem)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPem(Encoding.ASCII.GetString(pem.Span));
        }
        if (shown is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(shown.ChainPolicy.ExtraStore);
        }
        return chain.Build(leaf)
            ? null
            : $"certificate verify failed: {string.Join(", ", chain.ChainStatus.Select(static s => s.StatusInformation))}";
    }
}
