using SimServe.GpuBackend.Devices;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.Devices;

public sealed class WallClockLoopTests
{
    [Test]
    public void Timers_resume_in_order_of_their_times_and_never_early()
    {
        using var loop = new WallClockLoop();
        var seen = new List<int>();

        async Pending Wait(int milliseconds)
        {
            var due = Instant.FromSeconds(milliseconds / 1000.0);
            await loop.Until(due);
            Assert.That(loop.Now, Is.GreaterThanOrEqualTo(due));
            seen.Add(milliseconds);
        }

        loop.Run(
            async () =>
            {
                var (late, early) = (Wait(40), Wait(10));
                await early;
                await late;
                return true;
            },
            CancellationToken.None);
        Assert.That(seen, Is.EqualTo(new[] { 10, 40 }));
    }

    [Test]
    public void Completions_posted_by_other_threads_resume_on_the_loops_thread()
    {
        using var loop = new WallClockLoop();
        var pool = new CompletionPool<DeviceReport>();
        var threads = loop.Run(
            async () =>
            {
                var before = Environment.CurrentManagedThreadId;
                var completion = pool.Rent();
                new Thread(() => loop.Post(completion, new DeviceReport(3, 0, null))).Start();
                var report = await completion.Pending;
                Assert.That(report.Steps, Is.EqualTo(3));
                return (before, Environment.CurrentManagedThreadId);
            },
            CancellationToken.None);
        Assert.That(threads.CurrentManagedThreadId, Is.EqualTo(threads.before));
    }

    [Test]
    public void Cancelling_ends_a_run_that_waits()
    {
        using var loop = new WallClockLoop();
        using var cancellation = new CancellationTokenSource(50);
        Assert.That(
            () => loop.Run(
                async () =>
                {
                    await loop.Until(Instant.FromSeconds(3600));
                    return true;
                },
                cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }
}
