using System.Text.Json.Serialization;

namespace Pomerium.Fast.Auth.Providers;

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(GitHubGrant))]
internal sealed partial class ProviderJson : JsonSerializerContext;

/// <summary>Body of GitHub's revocation.</summary>
internal sealed record GitHubGrant([property: JsonPropertyName("access_token")] string AccessToken);
