namespace Pomerium.Fast.Http.H1;

/// <summary>Finds the end of a head in what has come so far, and refuses a bare line feed as soon as it is seen.</summary>
internal static class HeadScanner
{
    public enum Found : byte
    {
        NeedMore,
        Complete,
        Malformed,
    }

    /// <param name="scanned">How far earlier calls looked; updated.</param>
    /// <param name="length">Bytes of the head with its empty line, when complete.</param>
    public static Found Scan(ReadOnlySpan<byte> input, ref int scanned, out int length)
    {
        length = 0;
        int at = scanned;
        while (true)
        {
            int feed = input[at..].IndexOf((byte)'\n');
            if (feed < 0)
            {
                scanned = input.Length;
                return Found.NeedMore;
            }
            at += feed + 1;
            if (at < 2 || input[at - 2] != '\r')
            {
                return Found.Malformed;
            }
            if (at >= 4 && input[at - 3] == '\n')
            {
                length = at;
                scanned = 0;
                return Found.Complete;
            }
        }
    }
}
