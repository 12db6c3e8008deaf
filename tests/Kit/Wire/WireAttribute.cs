using System.Reflection;
using Xunit.Sdk;

namespace Pomerium.Fast.Kit.Wire;

/// <summary>
/// Runs a theory on one input in every cut: whole, byte by byte, and in two parts cut at each position. The method
/// takes a <see cref="WireInput"/> and then the further values.
/// </summary>
[DataDiscoverer("Xunit.Sdk.DataDiscoverer", "xunit.core")]
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class WireAttribute(string text, params object?[] further) : DataAttribute
{
    public string Text => text;
    public IReadOnlyList<object?> Further => further;

    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) =>
        WireInput.EveryCut(text).Select(cut => (object?[])[cut, .. further]);
}
