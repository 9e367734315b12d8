namespace SimServe.Simulator.Tests;

/// <summary>Third-party data beside the repository: read by tests where they are at hand, never part of it.</summary>
internal static class SharedData
{
    /// <summary>The numbers of a one-column CSV file; ignores the test when the file is absent.</summary>
    public static double[] Column(string path) =>
        [.. File.ReadLines(Find(path)).Skip(1).Select(double.Parse)];

    /// <summary>A file's bytes; ignores the test when the file is absent.</summary>
    public static FileStream Open(string path) => File.OpenRead(Find(path));

    private static string Find(string path)
    {
        var file = Path.Combine(Root(), "shared", path);
        if (!File.Exists(file))
        {
            Assert.Ignore($"The data file shared/{path}, beside the repository, is absent.");
        }

        return file;
    }

    /// <summary>The folder that holds the repository.</summary>
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.Parent?.FullName ?? "";
    }
}
