using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Sweeps;

namespace SimServe.Simulator.Tests.Sweeps;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SweepJournalTests : IDisposable
{
    private static readonly SweepIdentity Sweep = new("small", "key of the sweep", 3);
    private static readonly SweepSample Odd = new([0.1 + 0.2, null, double.Epsilon, -1e300], ["a \"term\""]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-journal-");

    private string PathOfFile => Path.Combine(_folder.FullName, SweepJournal.FileName);

    [Test]
    public void What_was_added_is_found_again_to_the_last_bit()
    {
        Write(Task(0), Task(1));
        using var journal = Open(resume: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(journal.Finished.Keys, Is.EquivalentTo(new[] { "key-0", "key-1" }));
            Assert.That(journal.Finished["key-1"].Metrics, Is.EqualTo(Sample().Metrics));
            Assert.That(journal.Finished["key-1"].Extrapolated, Is.EqualTo(Sample().Extrapolated));
            Assert.That(journal.Damaged, Is.Zero);
        }
    }

    // However many bytes of the last line came through.
    [Test]
    public void A_torn_last_line_costs_its_own_run_only()
    {
        Write(Task(0), Task(1));
        var whole = File.ReadAllBytes(PathOfFile);
        var start = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (var length = start + 1; length < whole.Length - 1; length++)
        {
            File.WriteAllBytes(PathOfFile, whole[..length]);
            using (var journal = Open(resume: true))
            {
                Assert.That(journal.Finished.Keys, Is.EqualTo(new[] { "key-0" }), $"{length - start} bytes");
                Assert.That(journal.Damaged, Is.EqualTo(1));
                journal.Add(Task(2), Sample());
            }

            using var again = Open(resume: true);
            Assert.That(again.Finished.Keys, Is.EquivalentTo(new[] { "key-0", "key-2" }), "the line after the torn one stands for itself");
        }
    }

    [Test]
    public void A_changed_number_is_noticed()
    {
        Write(Task(0), Task(1));
        File.WriteAllText(PathOfFile, File.ReadAllText(PathOfFile).Replace("\"replication\":1", "\"replication\":2", StringComparison.Ordinal));
        using var journal = Open(resume: true);
        Assert.That((journal.Finished.Count, journal.Damaged), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Unfinished_work_is_not_overwritten_without_asking()
    {
        Write(Task(0));
        var before = File.ReadAllBytes(PathOfFile);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Open(resume: false), Throws.TypeOf<InvalidInputException>().With.Message.Contains("--out: found 1 of 3 finished runs of an interrupted sweep, \"small\""));
            Assert.That(File.ReadAllBytes(PathOfFile), Is.EqualTo(before));
        }
    }

    [Test]
    public void A_complete_sweep_may_be_done_again()
    {
        Write(Task(0));
        using var journal = SweepJournal.Open(_folder.FullName, Sweep, resume: false, isComplete: true);
        Assert.That(journal.Finished, Is.Empty);
    }

    [Test]
    public void Another_sweep_is_not_gone_on_with()
    {
        Write(Task(0));
        Assert.That(
            () => SweepJournal.Open(_folder.FullName, Sweep with { Key = "another" }, resume: true, isComplete: false),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains("--resume: found runs of another sweep, \"small\""));
    }

    [Test]
    public void One_process_at_a_time_holds_a_folder()
    {
        using var journal = Open(resume: true);
        Assert.That(() => Open(resume: true), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Resuming_in_an_empty_folder_begins()
    {
        using var journal = Open(resume: true);
        Assert.That(journal.Finished, Is.Empty);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static SweepSample Sample() => new([.. SweepMetric.All.Select(static (_, index) => Odd.Metrics[index % Odd.Metrics.Count])], Odd.Extrapolated);

    private static SweepTask Task(int replication) => new(0, replication, $"key-{replication}");

    private SweepJournal Open(bool resume) => SweepJournal.Open(_folder.FullName, Sweep, resume, isComplete: false);

    private void Write(params SweepTask[] tasks)
    {
        using var journal = Open(resume: false);
        foreach (var task in tasks)
        {
            journal.Add(task, Sample());
        }
    }
}
