using System.Collections.Immutable;
using Pomerium.Fast.Config.Snapshot;
using Pomerium.Fast.Config.Sources;

namespace Pomerium.Fast.Config.Binding;

/// <summary>
/// <c>jwt_claims_headers</c>: a list of claims or text (header <c>x-pomerium-claim-CLAIM</c>), or a mapping of header to
/// claim (config spec 2.7).
/// </summary>
internal static class ClaimHeadersConverter
{
    private const string Prefix = "x-pomerium-claim-";

    public static bool TryConvert(ConfigNode node, out ImmutableArray<ClaimHeader> value, out string cause)
    {
        cause = "";
        value = [];
        if (node.Kind == ConfigNodeKind.String && !JsonSource.LooksLikeObject(node.Text))
        {
            value = [.. node.Text.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Of)];
            return Checked(value, out cause);
        }
        if (node.Kind == ConfigNodeKind.Array)
        {
            if (node.Items.Any(static i => !i.IsScalar))
            {
                cause = "syntax error: found nested object in array of values";
                return false;
            }
            value = [.. node.Items.Select(static i => Of(i.Text.Trim()))];
            return Checked(value, out cause);
        }
        if (
            node.Kind is not (ConfigNodeKind.Object or ConfigNodeKind.String)
            || !TextMapConverter.TryConvert(node, out ImmutableArray<KeyValuePair<string, string>> map, out _)
        )
        {
            cause = $"JWTClaimHeaders must be an object or an array of values, got: {node.Text}";
            return false;
        }
        value = [.. map.Select(static m => new ClaimHeader(m.Key, m.Value))];
        return Checked(value, out cause);
    }

    private static ClaimHeader Of(string claim) => new(Prefix + claim, claim);

    private static bool Checked(ImmutableArray<ClaimHeader> headers, out string cause)
    {
        string? bad = headers.Select(static h => h.Header).FirstOrDefault(static h => !HeaderNames.IsToken(h));
        cause = bad is null ? "" : $"has invalid header name \"{bad}\"";
        return bad is null;
    }
}
