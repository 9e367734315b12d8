namespace SimServe.Notebooks.Tests;

/// <summary>Where the notebooks are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string[] Notebooks() => [.. Directory.GetFiles(Path.Combine(Root, "notebooks"), "*.ipynb").Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("SimServe.sln is in no folder above the tests.");
    }
}
