using Parquet;
using Parquet.Schema;

namespace SimServe.Simulator.Sweeps;

/// <summary>A column of a table whose columns are known at run time only.</summary>
public sealed class ParquetColumn
{
    private readonly DataField _field;
    private readonly Func<ParquetRowGroupWriter, DataField, Task> _write;

    private ParquetColumn(DataField field, Func<ParquetRowGroupWriter, DataField, Task> write) => (_field, _write) = (field, write);

    /// <summary>A column of whole numbers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">A value per row.</param>
    public static ParquetColumn Of(string name, IEnumerable<int> values) =>
        new(new DataField<int>(name), async (group, field) => await group.WriteAsync<int>(field, values.ToArray()));

    /// <summary>A column of numbers, which may be missing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">A value per row.</param>
    public static ParquetColumn Of(string name, IEnumerable<double?> values) =>
        new(new DataField<double?>(name), async (group, field) => await group.WriteAsync<double>(field, values.ToArray()));

    /// <summary>A column of texts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">A value per row.</param>
    public static ParquetColumn Of(string name, IEnumerable<string> values) =>
        new(new DataField<string>(name), async (group, field) => await group.WriteAsync(field, values.ToArray()));

    /// <summary>Writes columns of equal length as a Parquet file; equal columns give equal bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">At least one.</param>
    public static void Write(string path, IReadOnlyList<ParquetColumn> columns) => WriteAsync(path, columns).GetAwaiter().GetResult();

    private static async Task WriteAsync(string path, IReadOnlyList<ParquetColumn> columns)
    {
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(columns.Select(static column => column._field)), stream);
        using var group = writer.CreateRowGroup();
        foreach (var column in columns)
        {
            await column._write(group, column._field);
        }

        group.CompleteValidate();
    }
}
