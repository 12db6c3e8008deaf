using System.Text.Json.Serialization;
using Pomerium.Fast.Server.Demo.DevelopmentApp;

namespace Pomerium.Fast.Server.Demo;

/// <summary>JSON of the demo, made at build time.</summary>
[JsonSerializable(typeof(ReceivedRequest))]
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class DemoJson : JsonSerializerContext;
