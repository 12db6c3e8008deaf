using System.Text.Json;
using Pomerium.Fast.Micro.Scenes;

namespace Pomerium.Fast.Auth.Tests;

/// <summary>Bytes allocated by each operation of <c>perf/Micro</c> in the steady state, against <c>budgets.json</c>.</summary>
public sealed class BudgetTests
{
    private const int Warm = 300;
    private const int Measured = 1_000;
    private const int Tries = 3;

    private static readonly Dictionary<string, long> Budgets = JsonSerializer.Deserialize<Dictionary<string, long>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json"))
    )!;

    public static TheoryData<string> Names => [.. Operations.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_keeps_to_its_budget(string operation)
    {
        Action run = Operations.All[operation]();
        Repeat(run, Warm);
        // What the runtime itself allocates in between is no part of it: the least of a few tries counts.
        long least = long.MaxValue;
        for (int i = 0; i < Tries && least > Budgets[operation] * Measured; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Repeat(run, Measured);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.InRange(least, 0, Budgets[operation] * Measured);
    }

    [Fact]
    public void Every_operation_has_a_budget_and_every_budget_an_operation() =>
        Assert.Equal(Operations.All.Keys.Order(StringComparer.Ordinal), Budgets.Keys.Order(StringComparer.Ordinal));

    private static void Repeat(Action run, int times)
    {
        for (int i = 0; i < times; i++)
        {
            run();
        }
    }
}
