using Parquet;
using Parquet.Schema;

namespace SimServe.Simulator.Reports.Runs;

// A column of a Parquet file: its name and type, and where its values come from.
internal interface IParquetColumn<TRow>
{
    DataField Field { get; }

    void Write(ParquetRowGroupWriter group, ReadOnlySpan<TRow> rows);
}
