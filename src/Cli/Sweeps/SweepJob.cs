using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Sweeps;

namespace SimServe.Cli.Sweeps;

/// <summary>Runs a sweep in its folder, and leaves it so that it can be taken up again.</summary>
internal sealed class SweepJob(SweepPlan plan, SweepRequest request, Terminal terminal, CancellationToken cancellation)
{
    public static string FolderOf(string name, string? output) => output ?? Path.Combine("out", $"{name}-sweep");

    public (SweepResult Result, RunFolder Folder) Run()
    {
        var folder = new RunFolder(FolderOf(plan.File.Name, request.Folder));
        var summary = Path.Combine(folder.Location, SweepFiles.Summary);
        using var journal = SweepJournal.Open(folder.Location, plan.Identity, request.Resume, isComplete: File.Exists(summary));

        // Results that are about to be replaced: from here on the folder counts as unfinished.
        File.Delete(summary);
        Tell(journal);
        var samples = Run(journal);
        var result = new SweepResult(plan.File, plan.Points, plan.Seeds, [.. samples.Chunk(plan.File.Replications)]);
        return (result, folder);
    }

    private void Tell(SweepJournal journal)
    {
        if (request.Resume)
        {
            terminal.Complain($"{plan.Tasks.Count(task => journal.Finished.ContainsKey(task.Key))} of {plan.Tasks.Count} runs were finished already.");
        }

        if (journal.Damaged > 0)
        {
            terminal.Complain($"{journal.Damaged} damaged lines of {SweepJournal.FileName} are passed over; their runs are done again.");
        }
    }

    private IReadOnlyList<SweepSample> Run(SweepJournal journal)
    {
        var finished = 0;
        try
        {
            return ConsoleProgress.ShowIfWatched(terminal, "simulating", report => new SweepRunner(request.Threads, Simulate)
            {
                Effort = task => plan.Simulations[task.Point].Effort,
                Progress = done =>
                {
                    Volatile.Write(ref finished, done);
                    report?.Invoke((double)done / plan.Tasks.Count, $"{done} of {plan.Tasks.Count} runs");
                },
            }.Run(plan.Tasks, journal, cancellation));
        }
        catch (OperationCanceledException)
        {
            terminal.Complain($"{finished} of {plan.Tasks.Count} runs are finished and kept; the same command with --resume does the rest.");
            throw;
        }
    }

    private SweepSample Simulate(SweepTask task, CancellationToken stop) => plan.Simulations[task.Point].Run(plan.Seeds[task.Replication], stop);
}
