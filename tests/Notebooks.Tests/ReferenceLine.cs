using System.Reflection;
using System.Text.RegularExpressions;

namespace SimServe.Notebooks.Tests;

/// <summary>A line <c>#r "path"</c>: an assembly in the output folder of a project, relative to the notebook.</summary>
/// <param name="Path">As written.</param>
internal sealed partial record ReferenceLine(string Path)
{
    public string AssemblyName => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static bool Is(string? line) => line is not null && Line().IsMatch(line);

    public static ReferenceLine Parse(string line) => new(Line().Match(line).Groups[1].Value);

    /// <summary>The project whose Release output folder the path names, as a kernel would find it.</summary>
    /// <exception cref="InvalidOperationException">There is no such project.</exception>
    public string ProjectFolder(string notebookFolder)
    {
        var match = OutputPath().Match(Path);
        var project = System.IO.Path.GetFullPath(System.IO.Path.Combine(notebookFolder, match.Groups[1].Value));
        return match.Success && Directory.Exists(project) && Directory.GetFiles(project, "*.csproj").Length == 1
            ? project
            : throw new InvalidOperationException($"#r \"{Path}\" must name a file in PROJECT/bin/Release/net10.0, relative to the notebook.");
    }

    /// <summary>The assembly of that name that the tests were built with: the same source, in any configuration.</summary>
    public Assembly Load() => Assembly.Load(new AssemblyName(AssemblyName));

    [GeneratedRegex("""^#r "([^"]+\.dll)"$""")]
    private static partial Regex Line();

    [GeneratedRegex(@"^(\.\./.+)/bin/Release/net10\.0/[^/]+\.dll$")]
    private static partial Regex OutputPath();
}
