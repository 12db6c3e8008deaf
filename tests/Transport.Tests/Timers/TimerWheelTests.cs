namespace Pomerium.Fast.Transport.Timers;

public sealed class TimerWheelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(51_200)] // one revolution
    [InlineData(51_250)]
    [InlineData(300_000)]
    public void Fires_once_never_early_and_at_most_one_tick_late(long delay)
    {
        for (long start = 1_000_000; start < 1_000_050; start += 7)
        {
            TimerWheel wheel = new(start);
            List<long> fired = [];
            long now = start;
            LoopTimer timer = new("t", _ => fired.Add(now - start), null);
            wheel.Arm(timer, now, delay);
            for (; now < start + delay + 200; now++)
            {
                wheel.Advance(now);
            }
            long at = Assert.Single(fired);
            Assert.InRange(at, delay, Math.Max(delay, 1) + TimerWheel.TickMs);
            Assert.Equal(0, wheel.Count);
        }
    }

    [Fact]
    public void Disarmed_never_fires_and_may_be_armed_again()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        LoopTimer timer = new("t", _ => fired++, null);
        wheel.Arm(timer, 0, 100);
        wheel.Disarm(timer);
        wheel.Advance(1_000);
        Assert.Equal(0, fired);
        wheel.Arm(timer, 1_000, 100);
        wheel.Arm(timer, 1_000, 500);
        wheel.Advance(1_200);
        Assert.Equal(0, fired);
        wheel.Advance(1_600);
        Assert.Equal(1, fired);
    }

    [Fact]
    public void Timer_that_is_due_may_disarm_another_that_is_due()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        LoopTimer second = new("second", _ => fired++, null);
        LoopTimer first = new("first", _ => wheel.Disarm(second), null);
        LoopTimer twin = new("twin", _ => wheel.Disarm(second), null);
        wheel.Arm(first, 0, 100);
        wheel.Arm(second, 0, 150);
        wheel.Arm(twin, 0, 100);
        wheel.Advance(1_000);
        Assert.Equal(0, fired);
    }

    [Fact]
    public void Burst_is_spread_over_turns()
    {
        TimerWheel wheel = new(0);
        int fired = 0;
        for (int i = 0; i < (TimerWheel.FiresPerTurnMax * 2) + 1; i++)
        {
            wheel.Arm(new LoopTimer("t", _ => fired++, null), 0, 100);
        }
        Assert.True(wheel.Advance(500));
        Assert.Equal(TimerWheel.FiresPerTurnMax, fired);
        Assert.Equal(0, wheel.DelayToNext(500, 1_000));
        Assert.True(wheel.Advance(500));
        Assert.False(wheel.Advance(500));
        Assert.Equal((TimerWheel.FiresPerTurnMax * 2) + 1, fired);
    }

    [Fact]
    public void Delay_to_next_never_sleeps_past_a_timer()
    {
        TimerWheel wheel = new(0);
        wheel.Arm(new LoopTimer("t", static _ => { }, null), 0, 730);
        long now = 0;
        while (wheel.Count > 0)
        {
            now += Math.Max(wheel.DelayToNext(now, 1_000), 1);
            wheel.Advance(now);
        }
        Assert.InRange(now, 730, 780);
    }

    [Fact]
    public void Arming_and_firing_allocate_nothing()
    {
        TimerWheel wheel = new(0);
        LoopTimer timer = new("t", static _ => { }, null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long now = 0; now < 100_000; now += 60)
        {
            wheel.Arm(timer, now, 50);
            wheel.Advance(now);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
