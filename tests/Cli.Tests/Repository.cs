namespace SimServe.Cli.Tests;

/// <summary>The checkout that the tests lie in.</summary>
internal static class Repository
{
    public const string Quickstart = "experiments/quickstart/scenario.json";

    /// <summary>Of a model with random weights, to which the committed profile belongs.</summary>
    public const string Pictures = "experiments/pictures/scenario.json";

    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests must lie below SimServe.sln.");
        }

        return folder.FullName;
    }
}
