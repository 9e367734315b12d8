using System.Text.Json;

namespace SimServe.Cli.Sweeps;

/// <summary>The answer to a query.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Their values; null where there is none.</param>
internal sealed record SweepTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    // One object a row; columns of the same name are told apart by their place.
    public string ToJson()
    {
        string[] names = [.. Columns.Select((name, index) => Columns.Take(index).Contains(name) ? $"{name}_{index}" : name)];
        return JsonSerializer.Serialize(Rows.Select(row => names.Zip(row).ToDictionary(static pair => pair.First, static pair => Plain(pair.Second))));
    }

    // What JSON knows as it is; anything else, like dates and lists, as a text.
    private static object? Plain(object? value) => value is null or bool or string or int or long or double ? value : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
}
