using System.Text.Json;

namespace SimServe.Simulator.Sweeps;

/// <summary>A JSON object on a line that ends with a check of itself: <c>{ ..., "check": "..." }</c>.</summary>
internal static class JournalLine
{
    private const string Mark = ",\"check\":\"";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static string Write<T>(T value)
    {
        var body = JsonSerializer.Serialize(value, Options)[..^1];
        return $"{body}{Mark}{Check(body)}\"}}";
    }

    // Null for a line that was cut, changed, or is of another kind.
    public static T? Read<T>(string line)
        where T : class
    {
        var at = line.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || line[at..] != $"{Mark}{Check(line[..at])}\"}}")
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(line, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Check(string body) => ContentHash.Of(body)[..16];
}
