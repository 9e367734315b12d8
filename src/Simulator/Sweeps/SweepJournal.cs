using System.Text;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Sweeps;

/// <summary>The finished runs of a sweep, in a file that grows by one line a run, so that a sweep can be ended at any moment and taken up again.</summary>
/// <remarks>
/// A line is handed to the operating system in one piece before its run counts as finished, and to the disk with every 32nd and at the end:
/// a killed process loses nothing that it had finished, a machine without power some seconds of work. Every line carries a check of
/// itself; a torn or damaged one is passed over, and its run is done again. One process at a time holds the file.
/// </remarks>
public sealed class SweepJournal : IDisposable
{
    /// <summary>Name of the file in the sweep's folder.</summary>
    public const string FileName = "runs.jsonl";

    private const int LinesPerFlush = 32;

    private readonly Lock _guard = new();
    private readonly FileStream _stream;
    private readonly Dictionary<string, SweepSample> _finished = new(StringComparer.Ordinal);
    private int _written;

    private SweepJournal(FileStream stream) => _stream = stream;

    /// <summary>Finished runs found in the file, by the key of their task.</summary>
    public IReadOnlyDictionary<string, SweepSample> Finished => _finished;

    /// <summary>Lines that were damaged: their runs are done again.</summary>
    public int Damaged { get; private set; }

    /// <summary>Opens the journal of a folder, which must be there.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="sweep">What is to be run.</param>
    /// <param name="resume">Whether to take over what is finished, instead of starting anew.</param>
    /// <param name="isComplete">Whether the folder holds the results of its sweep, so that nothing is lost by starting anew.</param>
    /// <exception cref="InvalidInputException">The folder holds unfinished work and <paramref name="resume"/> is false, or runs of another sweep and it is true.</exception>
    /// <exception cref="IOException">Another process runs a sweep in the folder, or the file cannot be opened.</exception>
    public static SweepJournal Open(string folder, SweepIdentity sweep, bool resume, bool isComplete)
    {
        // On Unix only FileShare.None keeps a second writer out.
        var stream = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var journal = new SweepJournal(stream);
        try
        {
            journal.Start(folder, sweep, resume, isComplete);
            return journal;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Notes a finished run. May be called on several threads.</summary>
    /// <param name="task">The run.</param>
    /// <param name="sample">What it found.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(SweepTask task, SweepSample sample)
    {
        var line = Encoding.UTF8.GetBytes(JournalLine.Write(new JournalRun(task.Point, task.Replication, task.Key, sample.Metrics, sample.Extrapolated)) + "\n");
        lock (_guard)
        {
            _stream.Write(line);
            _stream.Flush(flushToDisk: ++_written % LinesPerFlush == 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }

    private void Start(string folder, SweepIdentity sweep, bool resume, bool isComplete)
    {
        var bytes = new byte[_stream.Length];
        _stream.ReadExactly(bytes);
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var found = lines.Length > 0 ? JournalLine.Read<SweepIdentity>(lines[0]) : null;
        if (found is not null)
        {
            ReadRuns(lines[1..]);
            Check(folder, sweep, found, resume, isComplete);
        }

        if (found is null || !resume)
        {
            Restart(sweep);
        }
        else if (bytes[^1] != '\n')
        {
            // The torn line stays what it is; the next one must not become part of it.
            _stream.Write("\n"u8);
        }
    }

    private void Restart(SweepIdentity sweep)
    {
        _finished.Clear();
        Damaged = 0;
        _stream.SetLength(0);
        _stream.Write(Encoding.UTF8.GetBytes(JournalLine.Write(sweep) + "\n"));
        _stream.Flush(flushToDisk: true);
    }

    private void ReadRuns(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (JournalLine.Read<JournalRun>(line) is { } run && run.Metrics.Count == SweepMetric.All.Count)
            {
                _finished[run.Key] = new SweepSample(run.Metrics, run.Extrapolated);
            }
            else
            {
                Damaged++;
            }
        }
    }

    private void Check(string folder, SweepIdentity sweep, SweepIdentity found, bool resume, bool isComplete)
    {
        if (resume && found.Key != sweep.Key)
        {
            throw new InvalidInputException(folder, [new InputFault(
                "--resume", $"runs of another sweep, \"{found.Name}\": its scenario, profile, varied values, replications or the version of simserve differ",
                "the folder of this sweep", "Undo the change, or start anew with another --out.")]);
        }

        if (!resume && !isComplete && _finished.Count > 0)
        {
            throw new InvalidInputException(folder, [new InputFault(
                "--out", $"{_finished.Count} of {found.Runs} finished runs of an interrupted sweep, \"{found.Name}\"",
                "a folder without unfinished work", "Go on with --resume, name another --out, or delete the folder.")]);
        }
    }
}
