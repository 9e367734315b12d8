using Parquet;
using Parquet.Schema;

namespace SimServe.Simulator.Reports.Runs;

// Rows of one type as a Parquet file, a row group at a time: what is in memory is one row group, whose objects are used again.
internal sealed class ParquetTable<TRow> : IDisposable
    where TRow : class, new()
{
    private readonly IParquetColumn<TRow>[] _columns;
    private readonly TRow[] _rows;
    private readonly ParquetWriter _writer;
    private int _filled;
    private bool _closed;

    public ParquetTable(Stream stream, int rowGroup, params IParquetColumn<TRow>[] columns)
    {
        _columns = columns;
        _rows = new TRow[rowGroup];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema([.. columns.Select(static column => column.Field)]), stream).GetAwaiter().GetResult();
    }

    // A row to be filled; it is written later.
    public TRow Next()
    {
        if (_filled == _rows.Length)
        {
            Flush();
        }

        return _rows[_filled++] ??= new TRow();
    }

    public void Close()
    {
        Flush();
        Dispose();
    }

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private void Flush()
    {
        if (_filled == 0)
        {
            return;
        }

        using var group = _writer.CreateRowGroup();
        foreach (var column in _columns)
        {
            column.Write(group, _rows.AsSpan(0, _filled));
        }

        group.CompleteValidate();
        _filled = 0;
    }
}
