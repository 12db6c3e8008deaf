using BenchmarkDotNet.Attributes;
using Pomerium.Fast.Micro.Scenes;

namespace Pomerium.Fast.Micro.Whole;

/// <summary>Every operation that has a budget, by its name there; the call through a delegate costs some 1 to 2 ns of it.</summary>
[MemoryDiagnoser]
public class OperationBenchmarks
{
    private Action _run = static () => { };

    public static IEnumerable<string> Names => Operations.All.Keys;

    [ParamsSource(nameof(Names))]
    public string Operation { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _run = Operations.All[Operation]();

    [Benchmark]
    public void Run() => _run();
}
