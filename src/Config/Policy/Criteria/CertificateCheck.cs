using System.Text.RegularExpressions;

namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Data of the certificate criteria (policy 3.4).</summary>
internal static partial class CertificateCheck
{
    private static readonly string[] Fields = ["fingerprint", "spki_hash", "san_email", "san_dns", "san_uri"];

    public static void Check(CriterionReport report)
    {
        PolicyNode data = report.Data;
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                data,
                $"expected object for certificate matcher, got: {data.Value.Kind}",
                "write for example client_certificate: {fingerprint: …}"
            );
            return;
        }
        if (data.Members.IsEmpty)
        {
            report.Error(data, "empty matcher", "name one of " + string.Join(", ", Fields));
        }
        foreach (PolicyNodeMember member in report.Unique(data))
        {
            CheckField(report, member);
        }
        WarnNotEffective(report);
    }

    public static void CheckInvalid(CriterionReport report)
    {
        IgnoredData.Check(report);
        WarnNotEffective(report);
    }

    private static void WarnNotEffective(CriterionReport report) =>
        report.Warn(
            report.Data,
            $"{report.Criterion.Name} is not yet effective in this build: no client is asked for a certificate, "
                + "so every connection counts as one without",
            "use another criterion until client certificates are supported"
        );

    private static void CheckField(CriterionReport report, PolicyNodeMember member)
    {
        switch (member.Name)
        {
            case "fingerprint":
                CheckTexts(report, member.Node, "certificate fingerprint", Fingerprint);
                break;
            case "spki_hash":
                CheckTexts(report, member.Node, "certificate SPKI hash", SpkiHash);
                break;
            case "san_email" or "san_dns" or "san_uri":
                StringMatcherCheck.Check(report, member.Node);
                break;
            default:
                report.Error(
                    member,
                    "unsupported certificate matcher condition: " + NearestWord.With(member.Name, Fields),
                    "the conditions are " + string.Join(", ", Fields)
                );
                break;
        }
    }

    private static void CheckTexts(
        CriterionReport report,
        PolicyNode node,
        string subject,
        Action<CriterionReport, PolicyNode> check
    )
    {
        if (node.Value.Kind is not (PolicyValueKind.String or PolicyValueKind.Array))
        {
            report.Error(
                node,
                $"{subject} condition expects a string or array of strings",
                "write a text or a list of texts"
            );
            return;
        }
        foreach (PolicyNode item in node.Value.Kind == PolicyValueKind.Array ? node.Items : [node])
        {
            if (item.Value.Kind != PolicyValueKind.String)
            {
                report.Error(
                    item,
                    $"{subject} must be a string (was {JsonForm.Of(item.Value)})",
                    "put the value in quotes"
                );
            }
            else if (item.Value.Text.Length == 0)
            {
                report.Error(item, $"{subject} must not be empty", "remove it, or fill it in");
            }
            else
            {
                check(report, item);
            }
        }
    }

    private static void Fingerprint(CriterionReport report, PolicyNode node)
    {
        if (!FingerprintForm().IsMatch(node.Value.Text))
        {
            report.Error(
                node,
                $"unsupported certificate fingerprint format ({node.Value.Text})",
                "write the SHA-256 of the certificate as 64 lower-case hex digits, or as 32 upper-case pairs with colons"
            );
        }
    }

    private static void SpkiHash(CriterionReport report, PolicyNode node)
    {
        Span<byte> hash = stackalloc byte[33];
        string text = node.Value.Text;
        // 44 characters without blanks are exactly 32 bytes, padded.
        bool fits = text.Length == 44 && !text.Any(char.IsWhiteSpace);
        if (!fits || !Convert.TryFromBase64String(text, hash, out int length) || length != 32)
        {
            report.Error(
                node,
                $"certificate SPKI hash must be a base64-encoded SHA-256 hash (was {text})",
                "take the SHA-256 of the certificate's SubjectPublicKeyInfo in standard Base64 with padding"
            );
        }
    }

    [GeneratedRegex(
        @"\A([0-9a-f]{64}|[0-9A-F]{2}(:[0-9A-F]{2}){31})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex FingerprintForm();
}
