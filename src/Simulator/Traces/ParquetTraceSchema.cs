using Parquet.Schema;

namespace SimServe.Simulator.Traces;

/// <summary>The columns of a trace in Parquet: those of the text form, numbers as numbers, an empty field as null.</summary>
internal static class ParquetTraceSchema
{
    // A double holds every tick of seven years: (2^51 - 1) * 100 ns.
    public const long LatestTicks = (1L << 51) - 1;

    /// <summary>The types that are read, the first of which is written.</summary>
    public static readonly Type[][] Types =
    [
        [typeof(long), typeof(int)], [typeof(double)], [typeof(int), typeof(long)], [typeof(double)], [typeof(int), typeof(long)], [typeof(long), typeof(int)],
        [typeof(int), typeof(long)], [typeof(int), typeof(long)], Texts, Texts, Texts,
    ];

    public static readonly DataField[] Fields =
        [.. TraceFormat.Columns.Select(static (name, column) => new DataField(name, Types[column][0], isNullable: name is "width" or "height" || Types[column][0] == typeof(string)))];

    // The library reads texts as slices unless it is told a class.
    private static Type[] Texts => [typeof(string), typeof(ReadOnlyMemory<char>)];

    public static bool IsText(Type type) => Texts.Contains(type);

    /// <summary>A type, in words for messages.</summary>
    public static string NameOf(Type type) => IsText(type) ? nameof(String) : type.IsGenericType ? $"{type.GetGenericArguments()[0].Name} list" : type.Name;
}
