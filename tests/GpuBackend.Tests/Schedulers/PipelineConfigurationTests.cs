using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;
using SimServe.GpuBackend.Tests.Golden;

namespace SimServe.GpuBackend.Tests.Schedulers;

/// <summary>The configurations of the reference's pipeline runs, which carry keys of several classes.</summary>
[Category("Golden")]
public sealed class PipelineConfigurationTests
{
    private static IEnumerable<TestCaseData> Runs()
    {
        var manifest = PythonJson.Parse("manifest.json", File.ReadAllText(Path.Combine(GoldenFolder.Location, "manifest.json")));
        return manifest.GetProperty("cases").EnumerateArray()
            .Where(static golden => golden.GetProperty("kind").GetString() == "pipeline")
            .SelectMany(static golden => new GoldenCase(golden).Runs())
            .Select(static run => new TestCaseData(run).SetArgDisplayNames(run.ToString()));
    }

    [TestCaseSource(nameof(Runs))]
    public void Every_pipeline_run_gets_its_scheduler(object golden)
    {
        var run = ((GoldenRun)golden).Json;
        var (configured, steps) = (run.GetProperty("scheduler"), run.GetProperty("call").GetProperty("num_inference_steps").GetInt32());
        var className = configured.GetProperty("class").GetString()!;
        using var scheduler = NoiseSchedulerFactory.Create(configured.GetProperty("config"), "run", className);
        scheduler.SetSteps(new SchedulerSteps(steps) { Mu = scheduler.DynamicShift(1024) });
        Assert.That(scheduler.Timesteps, Has.Count.EqualTo(className == "PNDMScheduler" ? steps + 1 : steps));
    }

    [TestCaseSource(nameof(Runs))]
    public void Every_pipeline_folder_gets_its_scheduler(object golden)
    {
        var folder = Path.Combine(((GoldenRun)golden).Case.Folder, "scheduler");
        var file = Directory.GetFiles(folder, "*.json").Single();
        using var scheduler = NoiseSchedulerFactory.Create(File.ReadAllText(file), file);
        Assert.That(JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("_class_name").GetString(), Is.EqualTo(((NoiseScheduler)scheduler).Name));
    }
}
