using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pomerium.Fast.Auth.Credentials;

namespace Pomerium.Fast.Auth.Sessions;

/// <summary>
/// Verified credentials of one loop, by their raw bytes. Bounded by two generations: what the older one still serves
/// moves to the younger; the rest is forgotten when the younger is full.
/// </summary>
internal sealed class LoopSessions
{
    internal const int GenerationMax = 8192;

    private Dictionary<UInt128, KnownCredential> _young = [];
    private Dictionary<UInt128, KnownCredential> _old = [];

    public KnownCredential? Find(ReadOnlySpan<byte> raw, HandleCodec codec)
    {
        UInt128 key = XxHash128.HashToUInt128(raw);
        if (!_young.TryGetValue(key, out KnownCredential? known))
        {
            if (!_old.TryGetValue(key, out known))
            {
                return null;
            }
            Keep(key, known);
        }
        return ReferenceEquals(known.Codec, codec) && known.Raw.SequenceEqual(raw) ? known : null;
    }

    public KnownCredential Add(ReadOnlySpan<byte> raw, SessionHandle handle, HandleCodec codec)
    {
        KnownCredential known = new(raw.ToArray(), handle, codec);
        Keep(XxHash128.HashToUInt128(raw), known);
        return known;
    }

    private void Keep(UInt128 key, KnownCredential known)
    {
        if (_young.Count >= GenerationMax)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
        CollectionsMarshal.GetValueRefOrAddDefault(_young, key, out _) = known;
    }
}

/// <summary>What is remembered of a client's connection between its requests; lives in <c>IDownstream.AuthMemory</c>.</summary>
internal sealed class ConnectionMemory
{
    /// <summary>The credential of the last request.</summary>
    public KnownCredential? Credential { get; set; }

    /// <summary>The last <c>X-Pomerium-Jwt-Assertion-For</c> and its encoded line.</summary>
    public Http.Messages.EncodedHeaders? ForwardedAssertion { get; set; }
}
