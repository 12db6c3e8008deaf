namespace Pomerium.Fast.Config.Policy.Criteria;

/// <summary>Data of the criteria on date, weekday and time of day (policy 3.7).</summary>
internal static class TimeChecks
{
    public static void CheckDate(CriterionReport report)
    {
        if (!Fields(report, ["after", "before"], out Dictionary<string, PolicyNode> fields))
        {
            return;
        }
        DateTimeOffset?[] edges = [null, null];
        foreach ((string name, PolicyNode node) in fields)
        {
            if (DateText.TryParse(node.Value.Text, out DateTimeOffset date))
            {
                edges[name is "after" ? 0 : 1] = date;
                continue;
            }
            report.Error(node, $"invalid date: \"{node.Value.Text}\"", "write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ");
        }
        if (edges[0] > edges[1])
        {
            report.Warn(report.Data, "date never holds: after is later than before", "exchange the two");
        }
    }

    public static void CheckDayOfWeek(CriterionReport report)
    {
        PolicyNode data = report.Data;
        if (data.Value.Kind == PolicyValueKind.String)
        {
            CheckDays(report, data);
            return;
        }
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                data,
                $"expected string for day_of_week criterion, got {data.Value.Kind}",
                "write a text such as mon-fri or sat,sun"
            );
            return;
        }
        Fields(report, ["days", "timezone"], out Dictionary<string, PolicyNode> fields);
        if (fields.TryGetValue("timezone", out PolicyNode? zone))
        {
            CheckZone(report, zone);
        }
        if (fields.TryGetValue("days", out PolicyNode? days))
        {
            CheckDays(report, days);
        }
        else if (fields.ContainsKey("timezone"))
        {
            report.Error(data, "empty matcher", "name the days");
        }
    }

    public static void CheckTimeOfDay(CriterionReport report)
    {
        if (!Fields(report, ["timezone", "after", "before"], out Dictionary<string, PolicyNode> fields))
        {
            return;
        }
        if (fields.TryGetValue("timezone", out PolicyNode? zone))
        {
            CheckZone(report, zone);
        }
        else
        {
            report.Warn(
                report.Data,
                "time_of_day without timezone is in UTC",
                "name the timezone, for example Europe/Oslo"
            );
        }
        bool after = Clock(report, fields, "after", out TimeSpan? from);
        bool before = Clock(report, fields, "before", out TimeSpan? to);
        if (!after && !before)
        {
            report.Error(report.Data, "empty matcher", "name after or before");
        }
        else if (from is not null && from == to)
        {
            report.Error(report.Data, "time_of_day after and before are equal", "make one of them different");
        }
    }

    /// <returns>Whether the field is there.</returns>
    private static bool Clock(
        CriterionReport report,
        Dictionary<string, PolicyNode> fields,
        string name,
        out TimeSpan? time
    )
    {
        time = null;
        if (!fields.TryGetValue(name, out PolicyNode? node))
        {
            return false;
        }
        if (ClockText.TryParse(node.Value.Text, out TimeSpan parsed))
        {
            time = parsed;
        }
        else
        {
            report.Error(
                node,
                $"invalid time of day: \"{node.Value.Text}\"",
                "write for example 17:30, 5 PM or 5:30 PM"
            );
        }
        return true;
    }

    private static void CheckDays(CriterionReport report, PolicyNode days)
    {
        if (!WeekdayText.TryParse(days.Value.Text, out _, out string wrong))
        {
            report.Error(days, $"invalid day of week: \"{wrong}\"", "write days such as mon-fri, sat,sun or *");
        }
    }

    private static void CheckZone(CriterionReport report, PolicyNode zone)
    {
        if (!ZoneText.TryFind(zone.Value.Text, out _))
        {
            report.Error(
                zone,
                $"unknown time zone: \"{zone.Value.Text}\"",
                "write an IANA name such as Europe/Oslo; the system's tzdata must be installed"
            );
        }
    }

    /// <summary>The known fields of the object, all texts; false when there is none to look at.</summary>
    private static bool Fields(CriterionReport report, string[] known, out Dictionary<string, PolicyNode> fields)
    {
        fields = new Dictionary<string, PolicyNode>(StringComparer.Ordinal);
        PolicyNode data = report.Data;
        string name = report.Criterion.Name;
        if (data.Value.Kind != PolicyValueKind.Object)
        {
            report.Error(
                data,
                $"expected object for {name} criterion, got {data.Value.Kind}",
                "write an object with " + string.Join(", ", known)
            );
            return false;
        }
        if (data.Members.IsEmpty)
        {
            report.Error(data, "empty matcher", "name one of " + string.Join(", ", known));
            return false;
        }
        bool wrong = false;
        foreach (PolicyNodeMember member in report.Unique(data))
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                wrong = true;
                report.Error(
                    member,
                    $"unexpected field in {name} criterion: {NearestWord.With(member.Name, known)}",
                    "the fields are " + string.Join(", ", known)
                );
            }
            else if (member.Node.Value.Kind != PolicyValueKind.String)
            {
                wrong = true;
                report.Error(
                    member.Node,
                    $"expected string for {name} criterion {member.Name}, got {member.Node.Value.Kind}",
                    "put the value in quotes"
                );
            }
            else
            {
                fields[member.Name] = member.Node;
            }
        }
        return fields.Count > 0 && !wrong;
    }
}
