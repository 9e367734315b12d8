using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Every run of every case of the manifest, against the numbers of the reference implementation.</summary>
[Category("Golden")]
public sealed class GoldenTests
{
    private static readonly IGoldenRunner[] Runners =
    [
        .. typeof(GoldenTests).Assembly.GetTypes()
            .Where(static type => type.IsAssignableTo(typeof(IGoldenRunner)) && type.IsClass)
            .Select(static type => (IGoldenRunner)Activator.CreateInstance(type)!),
    ];

    private static IEnumerable<TestCaseData> Runs() => Cases().SelectMany(static golden => golden.Runs())
        .Select(static run => new TestCaseData(run).SetArgDisplayNames(run.ToString()));

    // Every kind that runs a U-Net or a ControlNet, in each way alone and in all together.
    private static IEnumerable<TestCaseData> OptimisedRuns() =>
        from golden in Cases()
        where golden.Kind is "unet" or "controlnet" or "controlnet_multi" || (golden.Kind is "lora" or "pipeline" && !golden.Name.Contains("flux", StringComparison.Ordinal))
        from run in golden.Runs()
        from name in (string[])[.. BackboneOptimisations.Names, "all"]
        select new TestCaseData(run, name).SetArgDisplayNames(run.ToString(), name);

    [TestCaseSource(nameof(Runs))]
    public void Agrees_with_the_reference(object golden) => Check((GoldenRun)golden);

    [TestCaseSource(nameof(OptimisedRuns))]
    public void Agrees_with_the_reference_when_optimised(object golden, string name) =>
        Check(((GoldenRun)golden).With(name == "all" ? BackboneOptimisations.All : BackboneOptimisations.None.With(name)));

    private static void Check(GoldenRun run)
    {
        var runner = Runners.SingleOrDefault(runner => runner.Kinds.Contains(run.Case.Kind));
        Assert.That(runner, Is.Not.Null, $"no runner for cases of kind '{run.Case.Kind}'");
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var checks = new GoldenChecks(run);
        runner!.Run(run, checks);
        checks.Report();
    }

    private static IEnumerable<GoldenCase> Cases()
    {
        var manifest = PythonJson.Parse("manifest.json", File.ReadAllText(Path.Combine(GoldenFolder.Location, "manifest.json")));
        return manifest.GetProperty("cases").EnumerateArray().Select(static json => new GoldenCase(json));
    }
}
