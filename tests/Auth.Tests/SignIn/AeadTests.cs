using System.Text;
using Pomerium.Fast.Auth.SignIn;

namespace Pomerium.Fast.Auth.Tests.SignIn;

public sealed class AeadTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0x80, 32).Select(static i => (byte)i)];

    /// <summary>draft-irtf-cfrg-xchacha A.3.1.</summary>
    [Fact]
    public void Sealing_gives_the_known_bytes_with_the_nonce_at_the_end()
    {
        byte[] nonce = [.. Enumerable.Range(0x40, 24).Select(static i => (byte)i)];
        byte[] wire = Aead.Seal(
            Key,
            nonce,
            Encoding.ASCII.GetBytes(
                "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
            ),
            Convert.FromHexString("50515253c0c1c2c3c4c5c6c7")
        );
        Assert.StartsWith("bd6d179d3e83d43b9576579493c0e939", Convert.ToHexStringLower(wire), StringComparison.Ordinal);
        Assert.EndsWith(
            "c0875924c1c7987947deafd8780acf49" + Convert.ToHexStringLower(nonce),
            Convert.ToHexStringLower(wire),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_was_sealed_opens_with_the_same_key_and_data_only()
    {
        byte[] wire = Aead.Seal(Key, "secret"u8, "data"u8);
        Assert.True(Aead.TryOpen(Key, wire, "data"u8, out byte[]? opened, out _));
        Assert.Equal("secret"u8.ToArray(), opened);
        Assert.False(Aead.TryOpen(Key, wire, "other"u8, out _, out _));
        Assert.False(Aead.TryOpen(new byte[32], wire, "data"u8, out _, out _));
        for (int i = 0; i < wire.Length; i++)
        {
            byte[] changed = [.. wire];
            changed[i] ^= 1;
            Assert.False(Aead.TryOpen(Key, changed, "data"u8, out _, out _));
        }
    }

    [Theory]
    [InlineData(0, "cryptutil: invalid input size: 0")]
    [InlineData(24, "cryptutil: invalid input size: 24")]
    [InlineData(25, "cryptutil: decryption failed (mismatched keys?)")]
    [InlineData(40, "cryptutil: decryption failed (mismatched keys?)")]
    public void What_cannot_be_opened_says_why(int length, string fault)
    {
        Assert.False(Aead.TryOpen(Key, new byte[length], default, out _, out string said));
        Assert.Equal(fault, said);
    }
}
