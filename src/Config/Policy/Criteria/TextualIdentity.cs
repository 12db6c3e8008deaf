namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>E-mails and domains: string matchers whose values have a shape that slips show in (policy 3.1).</summary>
internal static class TextualIdentity
{
    public static void CheckEmail(CriterionReport report)
    {
        StringMatcherCheck.Check(report, report.Data);
        foreach (PolicyNode text in StringMatcherCheck.WholeTexts(report.Data))
        {
            // The empty text is meant: it asks for a session without an e-mail.
            if (text.Value.Text.Length > 0 && !text.Value.Text.Contains('@'))
            {
                report.Warn(
                    text,
                    "an e-mail without @ never equals one",
                    "write the whole address, or use domain or user"
                );
            }
        }
    }

    public static void CheckDomain(CriterionReport report)
    {
        StringMatcherCheck.Check(report, report.Data);
        foreach (PolicyNode text in StringMatcherCheck.WholeTexts(report.Data))
        {
            if (text.Value.Text.Contains('@'))
            {
                report.Warn(text, "a domain never contains @", "write the part behind the @ alone, or use email");
            }
            else if (text.Value.Text.Any(char.IsAsciiLetterUpper))
            {
                report.Warn(
                    text,
                    "domains are compared with their case, and e-mails are seldom written with capitals",
                    $"write \"{text.Value.Text.ToLowerInvariant()}\""
                );
            }
        }
    }
}
