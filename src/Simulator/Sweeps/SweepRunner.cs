using System.Runtime.ExceptionServices;

namespace SimServe.Simulator.Sweeps;

/// <summary>Does the runs of a sweep on a fixed number of threads.</summary>
/// <remarks>
/// Each thread takes the next run when it has done one, the longest first as far as that is known, so that no thread is idle while
/// another has a long rest to do. Every result has its place before it is there: which thread did what does not matter.
/// </remarks>
public sealed class SweepRunner
{
    private readonly Func<SweepTask, CancellationToken, SweepSample> _run;
    private readonly int _threads;

    /// <summary>Creates a runner.</summary>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="run">Does one run. Called on several threads at once, in any order; the result must depend on nothing but the task.</param>
    public SweepRunner(int threads, Func<SweepTask, CancellationToken, SweepSample> run)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        (_threads, _run) = (threads, run);
    }

    /// <summary>The expected effort of a run in any unit; the largest are begun first.</summary>
    /// <value>All alike.</value>
    public Func<SweepTask, double> Effort { get; init; } = static _ => 0;

    /// <summary>Told on the thread of each finished run how many of the tasks are finished, those taken over included.</summary>
    /// <value>Nobody is.</value>
    public Action<int> Progress { get; init; } = static _ => { };

    /// <summary>Does those tasks that the journal does not hold already, and adds them to it.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="cancellation">Ends the sweep; what is finished stays in the journal.</param>
    /// <returns>The samples in the order of the tasks.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<SweepSample> Run(IReadOnlyList<SweepTask> tasks, SweepJournal journal, CancellationToken cancellation = default)
    {
        var samples = tasks.Select(task => journal.Finished.GetValueOrDefault(task.Key)).ToArray();
        int[] open = [.. Enumerable.Range(0, tasks.Count).Where(index => samples[index] is null).OrderByDescending(index => Effort(tasks[index]))];
        var (next, done) = (-1, tasks.Count - open.Length);
        ExceptionDispatchInfo? fault = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Progress(done);

        void Work()
        {
            try
            {
                for (var at = Interlocked.Increment(ref next); at < open.Length && !stop.IsCancellationRequested; at = Interlocked.Increment(ref next))
                {
                    var sample = _run(tasks[open[at]], stop.Token);
                    journal.Add(tasks[open[at]], sample);
                    samples[open[at]] = sample;
                    Progress(Interlocked.Increment(ref done));
                }
            }
            catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref fault, ExceptionDispatchInfo.Capture(error), null);
                stop.Cancel();
            }
            catch (OperationCanceledException)
            {
                // Somebody ended the sweep: said below, once.
            }
        }

        RunOnThreads(Math.Min(_threads, open.Length), Work);
        fault?.Throw();
        cancellation.ThrowIfCancellationRequested();
        return samples!;
    }

    private static void RunOnThreads(int count, ThreadStart work)
    {
        Thread[] threads = [.. Enumerable.Range(0, count).Select(index => new Thread(work) { Name = $"sweep {index}", IsBackground = true })];
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }
}
