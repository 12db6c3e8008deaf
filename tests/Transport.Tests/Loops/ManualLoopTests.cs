using Pomerium.Fast.Transport.Timers;

namespace Pomerium.Fast.Transport.Loops;

public sealed class ManualLoopTests
{
    private readonly ManualLoop _loop = new();

    [Fact]
    public void Posted_work_runs_in_order_and_never_inline()
    {
        List<int> ran = [];
        _loop.Post(_ => ran.Add(1), null);
        _loop.Post(_ => ran.Add(2), null);
        Assert.Empty(ran);
        _loop.RunUntilIdle();
        Assert.Equal([1, 2], ran);
    }

    [Fact]
    public void Work_posted_by_work_waits_for_the_next_turn()
    {
        int ran = 0;
        _loop.Post(_ => _loop.Post(_ => ran++, null), null);
        Assert.True(_loop.Turn());
        Assert.Equal(0, ran);
        _loop.Turn();
        Assert.Equal(1, ran);
    }

    [Fact]
    public void End_of_turn_comes_after_all_work_of_the_turn()
    {
        List<string> ran = [];
        _loop.Post(_ => _loop.AtTurnEnd(_ => ran.Add("flush"), null), null);
        _loop.Post(_ => ran.Add("work"), null);
        _loop.Turn();
        Assert.Equal(["work", "flush"], ran);
    }

    [Fact]
    public void Timers_fire_in_order_each_at_its_time()
    {
        long start = _loop.NowMs;
        List<(string, long)> fired = [];
        LoopTimer late = new("late", _ => fired.Add(("late", _loop.NowMs - start)), null);
        LoopTimer early = new("early", _ => fired.Add(("early", _loop.NowMs - start)), null);
        _loop.Timers.Arm(late, _loop.NowMs, 90_000);
        _loop.Timers.Arm(early, _loop.NowMs, 1_000);
        _loop.Advance(999);
        Assert.Empty(fired);
        _loop.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([("early", 1_000L), ("late", 90_000L)], fired);
    }

    [Fact]
    public void Both_clocks_move_together()
    {
        long now = _loop.NowMs;
        long unix = _loop.UnixMs;
        _loop.Advance(12_345);
        Assert.Equal(12_345, _loop.NowMs - now);
        Assert.Equal(12_345, _loop.UnixMs - unix);
    }

    [Fact]
    public void Continuations_stay_on_the_thread_that_turns()
    {
        TaskCompletionSource gate = new();
        int thread = 0;
        async Task Wait()
        {
            await gate.Task;
            thread = Environment.CurrentManagedThreadId;
        }
        _loop.Post(_ => _ = Wait(), null);
        _loop.RunUntilIdle();
        _loop.Post(_ => gate.SetResult(), null);
        _loop.RunUntilIdle();
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }
}
