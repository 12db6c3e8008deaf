namespace Pomerium.Fast.Config.Policy;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearestWord
{
    /// <summary>The word, followed by the hint.</summary>
    public static string With(string word, IEnumerable<string> known) => word + Hint(word, known);

    /// <summary><c> (did you mean "x"?)</c>, or nothing when no known word is near.</summary>
    public static string Hint(string word, IEnumerable<string> known)
    {
        string lower = word.ToLowerInvariant();
        // A third of the word may be wrong: enough for a slip, too little to turn one word into an unrelated one.
        int allowed = Math.Max(1, lower.Length / 3);
        string? best = known
            .Select(name => (Name: name, Distance: Distance(lower, name)))
            .Where(c => c.Distance <= allowed)
            .OrderBy(static c => c.Distance)
            .Select(static c => c.Name)
            .FirstOrDefault();
        return best is null ? "" : $" (did you mean \"{best}\"?)";
    }

    /// <summary>Edits of one character that lead from one word to the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
