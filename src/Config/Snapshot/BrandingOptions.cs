namespace Pomerium.Fast.Config.Snapshot;

/// <summary>How pages look and what they say first. Everything is empty when it is not configured.</summary>
public sealed record BrandingOptions
{
    /// <summary>Colours as <c>#rgb</c> or <c>#rrggbb</c>.</summary>
    public string PrimaryColor { get; init; } = "";
    public string SecondaryColor { get; init; } = "";
    public string DarkPrimaryColor { get; init; } = "";
    public string DarkSecondaryColor { get; init; } = "";

    /// <summary>An https URL or an image as a data URL.</summary>
    public string LogoUrl { get; init; } = "";
    public string FaviconUrl { get; init; } = "";

    /// <summary>Plain text.</summary>
    public string ErrorMessage { get; init; } = "";
}
