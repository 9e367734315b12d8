using System.Text.Json;
using System.Text.RegularExpressions;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>JSON as Python writes it, where numbers may be infinite: many scheduler configurations hold a bare -Infinity.</summary>
internal static partial class PythonJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a JSON text.</summary>
    /// <param name="path">Its name for messages.</param>
    /// <param name="json">The text; a bare Infinity, -Infinity or NaN becomes a string.</param>
    /// <exception cref="ModelFileException">It is not JSON, a key stands twice in one object, or a string is not valid Unicode.</exception>
    public static JsonElement Parse(string path, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(StringsAndInfinities().Replace(json, static match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\""), Options);
            Decode(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFileException($"{path} is not valid JSON: {ModelFileException.Shown(fault.Message)}", fault);
        }
    }

    // Strings are decoded late, at each use: one that is not valid Unicode is found here, at opening, and not deep in a reader.
    private static void Decode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Decode(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Decode(property.Value);
                }

                break;
        }
    }

    // Strings are matched too, so that a word inside one is never mistaken for a number. An unclosed one reaches to the end: nothing is tried twice.
    [GeneratedRegex("""
        "(?>(?:[^"\\]+|\\.)*)(?:"|\\?\z)|-?\bInfinity\b|\bNaN\b
        """, RegexOptions.Singleline)]
    private static partial Regex StringsAndInfinities();
}
