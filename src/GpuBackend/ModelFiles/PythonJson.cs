using System.Text.RegularExpressions;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>JSON as Python writes it: numbers may be infinite, which JSON has no word for.</summary>
internal static partial class PythonJson
{
    /// <summary>Makes bare <c>Infinity</c>, <c>-Infinity</c> and <c>NaN</c> texts, as in the settings of diffusers' solvers.</summary>
    /// <param name="text">JSON, otherwise left as it is.</param>
    public static string Quoted(string text) => text.Contains("Infinity", StringComparison.Ordinal) || text.Contains("NaN", StringComparison.Ordinal)
        ? TextOrNumber().Replace(text, static match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"")
        : text;

    // Texts are matched too, so that a word inside one is never taken for a number. An unclosed one reaches to the end: nothing is tried twice.
    [GeneratedRegex("""
        "(?>(?:[^"\\]+|\\.)*)(?:"|\\?\z)|-?\bInfinity\b|\bNaN\b
        """, RegexOptions.Singleline)]
    private static partial Regex TextOrNumber();
}
