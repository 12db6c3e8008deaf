namespace Pomerium.Fast.Auth.Policy;

/// <summary>
/// Which session criteria of one policy set hold for one subject, two bits each (policy 7.5): found on first use, kept
/// as long as the subject and the set. Blocks are made when a route first asks for one of theirs, so that a session
/// that uses a few of very many routes stays small. Lock-free: all threads find the same, so the bits are only ever added.
/// </summary>
internal sealed class SubjectVerdicts(long policySet, int criteria)
{
    private const ulong False = 0b10;
    private const ulong True = 0b11;
    private const int CriteriaPerWord = 32;
    private const int WordsPerBlock = 8;
    private const int CriteriaPerBlock = CriteriaPerWord * WordsPerBlock;

    private readonly ulong[]?[] _blocks = new ulong[]?[(criteria + CriteriaPerBlock - 1) / CriteriaPerBlock];

    /// <summary>Number of the set; not the set, which a sleeping session would keep alive.</summary>
    public long PolicySet { get; } = policySet;

    /// <summary>Null when not found out yet.</summary>
    public bool? this[int criterion]
    {
        get
        {
            ulong[]? block = Volatile.Read(ref _blocks[criterion / CriteriaPerBlock]);
            if (block is null)
            {
                return null;
            }
            ulong word = Volatile.Read(ref block[criterion / CriteriaPerWord % WordsPerBlock]);
            ulong bits = (word >> (criterion % CriteriaPerWord * 2)) & 0b11;
            return bits == 0 ? null : bits == True;
        }
    }

    public void Add(int criterion, bool holds)
    {
        ref ulong[]? slot = ref _blocks[criterion / CriteriaPerBlock];
        ulong[] block =
            Volatile.Read(ref slot)
            ?? Interlocked.CompareExchange(ref slot, new ulong[WordsPerBlock], null)
            ?? Volatile.Read(ref slot)!;
        ulong bits = (holds ? True : False) << (criterion % CriteriaPerWord * 2);
        Interlocked.Or(ref block[criterion / CriteriaPerWord % WordsPerBlock], bits);
    }
}
