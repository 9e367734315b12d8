using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports.Runs;

/// <summary><c>requests.parquet</c>, written while the run goes on: a row per request, in order of their ends.</summary>
/// <remarks>What is in memory is one row group of 65,536 requests, however long the run. Columns are those of <see cref="RequestRow"/>.</remarks>
public sealed class RequestsFile : IRunObserver, IDisposable
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "requests.parquet";

    private const int RowGroup = 1 << 16;

    private readonly PendingFile _file;
    private readonly RunFolder _folder;
    private readonly ParquetTable<RequestRow> _table;
    private readonly string _run;

    /// <summary>Opens the file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">Name of the run.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public RequestsFile(RunFolder folder, string run)
    {
        ArgumentNullException.ThrowIfNull(folder);
        (_folder, _run, _file) = (folder, run, folder.Open(FileName));
        _table = new ParquetTable<RequestRow>(_file.Stream, RowGroup, RequestColumns.Create());
    }

    /// <inheritdoc/>
    public void Finished(in RequestRecord record)
    {
        var row = _table.Next();
        row.Run = _run;
        row.Fill(record);
    }

    /// <summary>Writes what is left and lets the file appear.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Complete()
    {
        _table.Close();
        _file.Keep();
        _folder.Kept(FileName);
    }

    /// <summary>Removes the file if it was not completed.</summary>
    public void Dispose()
    {
        _table.Dispose();
        _file.Dispose();
    }
}
