using System.Diagnostics;

namespace SimServe.Cli.Tests;

/// <summary>Ctrl-C.</summary>
[Platform("Unix")]
public sealed class CancellationTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    // The results' folder is made just before the workers are profiled, which here takes minutes.
    [Test]
    public void Interrupted_while_profiling_it_ends_soon_and_leaves_no_file()
    {
        using var folder = new ScenarioFolder();
        using var process = SimServeProcess.StartInterruptible(
            "validate", Repository.Pictures, "--out", folder.Output, "--set", "profileSeconds=600");
        Assert.That(() => Directory.Exists(folder.Output), Is.True.After(60_000, 100));
        Thread.Sleep(TimeSpan.FromSeconds(3));
        AssertCancelled(process, folder);
    }

    // Requests that arrive once in minutes: the run can only end by the interrupt.
    [Test]
    public void Interrupted_while_serving_it_ends_soon_and_leaves_no_file()
    {
        using var folder = new ScenarioFolder();
        using var process = SimServeProcess.StartInterruptible(
            "validate", Repository.Pictures, "--out", folder.Output, "--set", "profileSeconds=1",
            "--set", "policies.maxBatchSize=1", "--set", "steps=2", "--set", "workload.ratePerSecond=0.01");
        Assert.That(() => process.HasSaid("serving the workload"), Is.True.After(120_000, 100));
        Thread.Sleep(TimeSpan.FromSeconds(1));
        AssertCancelled(process, folder);
    }

    private static void AssertCancelled(SimServeProcess process, ScenarioFolder folder)
    {
        var clock = Stopwatch.StartNew();
        process.Interrupt();
        var result = process.Wait(Soon);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
            Assert.That(result.Error, Does.EndWith("Cancelled.\n"));
            Assert.That(result.Output, Is.Empty);
            Assert.That(Directory.Exists(folder.Output), Is.False, "nothing was written, so no folder is left behind");
            Assert.That(clock.Elapsed, Is.LessThan(Soon));
        }
    }
}
