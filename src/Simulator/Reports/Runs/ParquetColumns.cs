using Parquet;
using Parquet.Schema;

namespace SimServe.Simulator.Reports.Runs;

// The kinds of columns that runs need.
internal static class ParquetColumns
{
    public static IParquetColumn<TRow> Of<TRow, T>(string name, Func<TRow, T> value)
        where T : unmanaged => new Plain<TRow, T>(name, value);

    public static IParquetColumn<TRow> Optional<TRow, T>(string name, Func<TRow, T?> value)
        where T : unmanaged => new Nullable<TRow, T>(name, value);

    public static IParquetColumn<TRow> Text<TRow>(string name, Func<TRow, string?> value) => new Words<TRow>(name, value);

    private static T[] Fill<TRow, T>(ref T[] buffer, ReadOnlySpan<TRow> rows, Func<TRow, T> value)
    {
        if (buffer.Length != rows.Length)
        {
            buffer = new T[rows.Length];
        }

        for (var i = 0; i < rows.Length; i++)
        {
            buffer[i] = value(rows[i]);
        }

        return buffer;
    }

    private sealed class Plain<TRow, T>(string name, Func<TRow, T> value) : IParquetColumn<TRow>
        where T : unmanaged
    {
        private T[] _buffer = [];

        public DataField Field { get; } = new DataField<T>(name);

        public void Write(ParquetRowGroupWriter group, ReadOnlySpan<TRow> rows) =>
            group.WriteAsync<T>(Field, Fill(ref _buffer, rows, value)).GetAwaiter().GetResult();
    }

    private sealed class Nullable<TRow, T>(string name, Func<TRow, T?> value) : IParquetColumn<TRow>
        where T : unmanaged
    {
        private T?[] _buffer = [];

        public DataField Field { get; } = new DataField<T?>(name);

        public void Write(ParquetRowGroupWriter group, ReadOnlySpan<TRow> rows) =>
            group.WriteAsync<T>(Field, (ReadOnlyMemory<T?>)Fill(ref _buffer, rows, value)).GetAwaiter().GetResult();
    }

    private sealed class Words<TRow>(string name, Func<TRow, string?> value) : IParquetColumn<TRow>
    {
        private string?[] _buffer = [];

        public DataField Field { get; } = new DataField<string>(name);

        public void Write(ParquetRowGroupWriter group, ReadOnlySpan<TRow> rows) =>
            group.WriteAsync(Field, Fill(ref _buffer, rows, value)!).GetAwaiter().GetResult();
    }
}
