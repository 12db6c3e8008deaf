using System.Security.Cryptography;
using System.Text;
using Pomerium.Fast.Auth.Policy.Criteria;
using Pomerium.Fast.Config.Policy;

namespace Pomerium.Fast.Auth.Policy;

/// <summary>Numbers the criteria of one policy set; equal ones of different routes share a number (policy 7.1).</summary>
internal sealed class CriterionPool
{
    private const int KeyCharactersMax = 200;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<Criterion> _criteria = [];

    public Criterion this[int number] => _criteria[number];

    public Criterion[] All => [.. _criteria];

    public int NumberOf(PolicyCriterion criterion, bool certificateWanted)
    {
        string key = Key(criterion, certificateWanted);
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _criteria.Count;
            _criteria.Add(CriterionTable.Make(criterion, certificateWanted));
            _numbers.Add(key, number);
        }
        return number;
    }

    private static string Key(PolicyCriterion criterion, bool certificateWanted)
    {
        string text = $"{criterion.Name}/{criterion.SubPath} {certificateWanted} {JsonForm.Of(criterion.Data)}";
        return text.Length <= KeyCharactersMax
            ? text
            : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
