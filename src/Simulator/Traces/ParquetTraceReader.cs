using System.Globalization;
using Parquet;
using Parquet.Schema;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>Reads a trace in Parquet, one row group at a time.</summary>
/// <remarks>Its rows are checked as lines are: each becomes the fields of a line, so that both forms have the same rules and the same messages.</remarks>
public sealed class ParquetTraceReader : IDisposable
{
    private readonly Stream _stream;
    private readonly TraceFaults _faults;
    private readonly ParquetReader _reader;

    /// <summary>Opens a trace and reads its header.</summary>
    /// <param name="stream">The file's bytes, seekable; disposed with the reader, or when this throws.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="limits">How much of a bad trace is reported; default the defaults of <see cref="TraceLimits"/>.</param>
    /// <exception cref="InvalidInputException">It is no Parquet, or header or columns are wrong.</exception>
    public ParquetTraceReader(Stream stream, string file, TraceLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _faults = new TraceFaults(file, (limits ?? new TraceLimits()).MaxFaults, "row");
        try
        {
            _reader = Guard(() => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
            Header = ReadHeader();
            CheckColumns();
            _faults.ThrowIfAny();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The header in the file's metadata.</summary>
    public TraceHeader Header { get; }

    /// <summary>The requests, in order of arrival; can be enumerated once.</summary>
    /// <remarks>After the first fault no request follows: the rest is read for its faults, and then the exception is thrown.</remarks>
    /// <exception cref="InvalidInputException">Rows are wrong; the message names row, column and fix.</exception>
    public IEnumerable<TraceRequest> Requests()
    {
        var order = new TraceOrder();
        var row = 0L;
        for (var group = 0; group < _reader.RowGroupCount && !_faults.IsFull; group++)
        {
            foreach (var fields in Rows(group))
            {
                var request = TraceReader.Parse(new TraceRow(++row, TraceFormat.Columns, fields, _faults), order);
                if (_faults.IsEmpty)
                {
                    yield return request;
                }
                else if (_faults.IsFull)
                {
                    break;
                }
            }
        }

        _faults.ThrowIfAny();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private TraceHeader ReadHeader()
    {
        if (_reader.CustomMetadata.TryGetValue(TraceFormat.MetadataKey, out var text))
        {
            return TraceHeaderText.Parse(text, 0, _faults);
        }

        _faults.Add(0, "", "no metadata named " + TraceFormat.MetadataKey, "our header, a JSON object", "Convert the file with 'simserve trace import'.");
        return new TraceHeader { Provenance = "" };
    }

    private void CheckColumns()
    {
        var found = _reader.Schema.DataFields;
        for (var column = 0; column < Math.Max(found.Length, TraceFormat.Columns.Count); column++)
        {
            var (field, name) = (found.ElementAtOrDefault(column), TraceFormat.Columns.ElementAtOrDefault(column));
            if (field is null || field.Name != name)
            {
                _faults.Add(0, $"{column + 1}", field is null ? "no column" : TraceFaults.Quote(field.Name), name ?? "no further column", $"The columns are {string.Join(',', TraceFormat.Columns)}.");
                return;
            }

            if (field.IsArray || !ParquetTraceSchema.Types[column].Contains(field.ClrType))
            {
                _faults.Add(0, $"{column + 1} ({name})", field.IsArray ? "a list" : $"the type {ParquetTraceSchema.NameOf(field.ClrType)}", string.Join(" or ", ParquetTraceSchema.Types[column].Select(ParquetTraceSchema.NameOf).Distinct()), "Convert the column.");
            }
        }
    }

    private IEnumerable<string[]> Rows(int group)
    {
        var columns = Guard(() => ReadGroup(group));
        for (var row = 0; row < columns[0].Length; row++)
        {
            yield return [.. columns.Select(column => column[row])];
        }
    }

    private async Task<string[][]> ReadGroup(int number)
    {
        using var group = _reader.OpenRowGroupReader(number);
        var columns = new string[TraceFormat.Columns.Count][];
        for (var column = 0; column < columns.Length; column++)
        {
            columns[column] = await ReadColumn(group, _reader.Schema.DataFields[column], column).ConfigureAwait(false);
        }

        return columns;
    }

    private static async Task<string[]> ReadColumn(ParquetRowGroupReader group, DataField field, int column)
    {
        var rows = (int)group.RowCount;
        if (ParquetTraceSchema.IsText(field.ClrType))
        {
            var texts = new string[rows];
            await group.ReadAsync(field, texts).ConfigureAwait(false);
            return Array.ConvertAll(texts, static text => text ?? "");
        }

        return field.ClrType == typeof(long) ? Array.ConvertAll(await Read<long>(group, field, rows).ConfigureAwait(false), static value => Show(value))
            : field.ClrType == typeof(int) ? Array.ConvertAll(await Read<int>(group, field, rows).ConfigureAwait(false), static value => Show(value))
            : Array.ConvertAll(await Read<double>(group, field, rows).ConfigureAwait(false), value => column == 1 ? ShowTime(value) : Show(value));
    }

    private static async Task<T?[]> Read<T>(ParquetRowGroupReader group, DataField field, int rows)
        where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[rows];
            await group.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
            return values;
        }

        var present = new T[rows];
        await group.ReadAsync<T>(field, present.AsMemory()).ConfigureAwait(false);
        return Array.ConvertAll(present, static value => (T?)value);
    }

    private static string Show<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    // The nearest tick: what the writer had.
    private static string ShowTime(double? seconds) => seconds is >= 0 and <= (double)ParquetTraceSchema.LatestTicks / TimeSpan.TicksPerSecond
        ? TraceText.Seconds(Instant.FromSeconds(seconds.Value))
        : Show(seconds);

    // What the library throws on damaged files is of many kinds; to a user they are one.
    private T Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is not (InvalidInputException or OutOfMemoryException or UnauthorizedAccessException))
        {
            _faults.Add(0, "", $"bytes that cannot be read as Parquet: {fault.Message.ReplaceLineEndings(" ")}", "a whole Parquet file", "Get the file again: it is damaged or cut short.");
            _faults.ThrowIfAny();
            throw;
        }
    }
}
