using System.Text.Json;
using System.Text.RegularExpressions;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>JSON as Python writes it, where numbers may be infinite: many scheduler configurations hold a bare -Infinity.</summary>
internal static partial class PythonJson
{
    /// <summary>Reads a JSON text.</summary>
    /// <param name="path">Its name for messages.</param>
    /// <param name="json">The text; a bare Infinity, -Infinity or NaN becomes a string.</param>
    /// <exception cref="ModelFileException">It is not JSON.</exception>
    public static JsonElement Parse(string path, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(StringsAndInfinities().Replace(json, static match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\""));
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw new ModelFileException($"{path} is not valid JSON: {fault.Message}", fault);
        }
    }

    // Strings are matched too, so that a word inside one is never mistaken for a number.
    [GeneratedRegex("""
        "(?>[^"\\]+|\\.)*"|-?\bInfinity\b|\bNaN\b
        """)]
    private static partial Regex StringsAndInfinities();
}
