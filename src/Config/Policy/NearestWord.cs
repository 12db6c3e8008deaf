using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Policy;

/// <summary>Puts the word that was probably meant behind a wrong one, as the policy texts have it (policy 2.4).</summary>
internal static class NearestWord
{
    /// <summary>The word, followed by the hint.</summary>
    public static string With(string word, IEnumerable<string> known) => word + Hint(word, known);

    /// <summary><c> (did you mean "x"?)</c>, or nothing when no known word is near. Words of the language are lower case.</summary>
    public static string Hint(string word, IEnumerable<string> known) =>
        NearestName.Find(word.ToLowerInvariant(), known) is { } near ? $" (did you mean \"{near}\"?)" : "";
}
