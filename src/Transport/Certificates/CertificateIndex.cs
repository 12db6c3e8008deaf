namespace Pomerium.Fast.Transport.Certificates;

/// <summary>Immutable index of served certificates: exact name, one-label wildcard, then a generated one.</summary>
public sealed class CertificateIndex;
