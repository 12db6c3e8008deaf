using System.Collections.Immutable;
using Pomerium.Fast.Config.Binding;
using Pomerium.Fast.Config.Snapshot;

namespace Pomerium.Fast.Config.Rules;

/// <summary>Timeouts, forwarding, paths (config spec 2.5).</summary>
internal static class RequestRules
{
    public static TimeoutOptions ReadTimeouts(OptionReader options)
    {
        TimeoutOptions defaults = new();
        return new TimeoutOptions
        {
            Read = options.Duration("timeout_read", defaults.Read),
            Write = options.Duration("timeout_write", defaults.Write),
            Idle = options.Duration("timeout_idle", defaults.Idle),
            DefaultUpstream = options.Duration("default_upstream_timeout", defaults.DefaultUpstream),
        };
    }

    public static RequestOptions Read(OptionReader options, bool hasCertificate) =>
        new()
        {
            SkipXffAppend = options.Flag("skip_xff_append"),
            XffTrustedHops = (uint)(options.Integer("xff_num_trusted_hops", 0, uint.MaxValue) ?? 0),
            HeadersWithUnderscores = options.Choice("headers_with_underscores_action") switch
            {
                0 => UnderscoreAction.Allow,
                2 => UnderscoreAction.DropHeader,
                _ => UnderscoreAction.RejectRequest,
            },
            MergeSlashes = options.Flag("merge_slashes", fallback: true),
            NormalizePath = options.Flag("normalize_path", fallback: true),
            EscapedSlashes = options.Choice("path_with_escaped_slashes_action") switch
            {
                0 => EscapedSlashAction.KeepUnchanged,
                2 => EscapedSlashAction.UnescapeAndRedirect,
                3 => EscapedSlashAction.UnescapeAndForward,
                _ => EscapedSlashAction.RejectRequest,
            },
            SetResponseHeaders = ResponseHeaderRules.Read(options, hasCertificate) ?? [],
        };
}
