namespace Pomerium.Fast.Server.Demo.DevelopmentProvider;

/// <param name="Parameters">Of the client's request, for the hidden fields.</param>
/// <param name="Problem">With what the form was filled in before, or null.</param>
public sealed record PickerModel(IReadOnlyList<KeyValuePair<string, string>> Parameters, string? Problem);
