namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Where the reference data lies: the variable's folder, else the one beside the checkout, else the product's own subset.</summary>
internal static class GoldenFolder
{
    private const string Variable = "SIMSERVE_GOLDEN";
    private const string Manifest = "manifest.json";

    public static string Location { get; } = Find();

    private static string Find()
    {
        var chosen = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(chosen))
        {
            return File.Exists(Path.Combine(chosen, Manifest))
                ? chosen
                : throw new InvalidOperationException($"{Variable} names '{chosen}', which holds no {Manifest}.");
        }

        var root = Repository();
        string[] places = [Path.Combine(root, "..", "shared", "golden"), Path.Combine(root, "tests", "golden")];
        return places.FirstOrDefault(static place => File.Exists(Path.Combine(place, Manifest)))
            ?? throw new InvalidOperationException($"No {Manifest} in {string.Join(" or ", places)}.");
    }

    /// <summary>The repository's folder.</summary>
    public static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimServe.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("SimServe.sln is in no folder above the tests.");
    }
}
