namespace Pomerium.Fast.Transport.Buffers;

/// <summary>
/// Buffers of one loop in three sizes. Pinned, since the kernel and OpenSSL write into them by address. Loop-affine,
/// so renting and returning is a list operation without a lock.
/// </summary>
public sealed class SlabPool
{
    public const int Small = 4 * 1024;
    public const int Medium = 32 * 1024;
    public const int Large = 256 * 1024;
    private const int KeptSmall = 4096;
    private const int KeptMedium = 512;
    private const int KeptLarge = 16;
    private readonly Stack<byte[]> _small = new();
    private readonly Stack<byte[]> _medium = new();
    private readonly Stack<byte[]> _large = new();

    /// <summary>Buffers that are out; zero when every connection of the loop is gone.</summary>
    public int Rented { get; private set; }

    /// <summary>A buffer of at least the size; above <see cref="Large"/> it is made for the call and not kept.</summary>
    public byte[] Rent(int size)
    {
        Rented++;
        int length =
            size <= Small ? Small
            : size <= Medium ? Medium
            : Math.Max(size, Large);
        return length <= Large && Of(length).TryPop(out byte[]? kept)
            ? kept
            : GC.AllocateUninitializedArray<byte>(length, pinned: true);
    }

    public void Return(byte[] buffer)
    {
        Rented--;
        int keep = buffer.Length switch
        {
            Small => KeptSmall,
            Medium => KeptMedium,
            Large => KeptLarge,
            _ => 0,
        };
        if (keep > 0 && Of(buffer.Length).Count < keep)
        {
            Of(buffer.Length).Push(buffer);
        }
    }

    private Stack<byte[]> Of(int length) =>
        length switch
        {
            Small => _small,
            Medium => _medium,
            _ => _large,
        };
}
