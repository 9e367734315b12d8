using System.Collections.Concurrent;
using SimServe.Simulator.Sweeps;

namespace SimServe.Simulator.Tests.Sweeps;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SweepRunnerTests : IDisposable
{
    private static readonly SweepTask[] Tasks = [.. Enumerable.Range(0, 40).Select(static index => new SweepTask(index / 4, index % 4, $"key-{index}"))];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-runner-");

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(100)]
    public void Every_result_is_in_its_place_whatever_the_threads(int threads)
    {
        var samples = Run(new SweepRunner(threads, Simulate));
        Assert.That(samples.Select(static sample => sample.Metrics[0]), Is.EqualTo(Tasks.Select(Latency)));
    }

    [Test]
    public void The_largest_run_is_begun_first()
    {
        var begun = new ConcurrentQueue<SweepTask>();
        Run(new SweepRunner(1, (task, stop) =>
        {
            begun.Enqueue(task);
            return Simulate(task, stop);
        })
        {
            Effort = static task => task.Point,
        });
        Assert.That(begun.Select(static task => task.Point), Is.Ordered.Descending);
    }

    [Test]
    public void What_was_finished_before_an_end_is_not_done_again()
    {
        using var cancellation = new CancellationTokenSource();
        var first = 0;
        Assert.That(
            () => Run(
                new SweepRunner(2, (task, stop) =>
                {
                    if (Interlocked.Increment(ref first) == 11)
                    {
                        cancellation.Cancel();
                    }

                    return Simulate(task, stop);
                }),
                cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        var second = 0;
        var samples = Run(new SweepRunner(2, (task, stop) =>
        {
            Interlocked.Increment(ref second);
            return Simulate(task, stop);
        }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(samples.Select(static sample => sample.Metrics[0]), Is.EqualTo(Tasks.Select(Latency)));
            Assert.That(first + second, Is.EqualTo(Tasks.Length));
        }
    }

    [Test]
    public void A_fault_of_a_run_ends_the_sweep_as_itself() =>
        Assert.That(() => Run(new SweepRunner(3, static (task, _) => task.Point == 4 ? throw new InvalidDataException("point 4") : Sample(task))), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void Progress_counts_to_the_end()
    {
        var seen = new ConcurrentBag<int>();
        Run(new SweepRunner(2, Simulate) { Progress = seen.Add });
        Assert.That(seen, Is.EquivalentTo(Enumerable.Range(0, Tasks.Length + 1)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static double Latency(SweepTask task) => (10 * task.Point) + task.Replication;

    private static SweepSample Sample(SweepTask task) => SweepExample.Sample(Latency(task));

    private static SweepSample Simulate(SweepTask task, CancellationToken stop) => Sample(task);

    private IReadOnlyList<SweepSample> Run(SweepRunner runner, CancellationToken cancellation = default)
    {
        using var journal = SweepJournal.Open(_folder.FullName, new SweepIdentity("test", "key", Tasks.Length), resume: true, isComplete: false);
        return runner.Run(Tasks, journal, cancellation);
    }
}
