using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests;

namespace SimServe.Cli.Tests;

/// <summary><c>run</c> on a trained model's folder, which the scenario names by a path.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class TrainedModelRunTests : IDisposable
{
    private readonly TinyFluxFolder _model = new();

    public TrainedModelRunTests()
    {
        PngFile.Write(Beside("template.png"), new RgbImage(64, 64, [.. Enumerable.Range(0, 3 * 64 * 64).Select(static i => (byte)(i / 48))]));
        File.WriteAllText(Beside("scenario.json"), """
            {
              "name": "trained", "model": "./tiny-flux", "steps": 2, "profileSeconds": 1,
              "fleet": { "workers": 1, "linkBytesPerSecond": 2.5e8 },
              "templates": [ { "image": "template.png", "prompt": "a green star on a sand background" } ],
              "workload": { "requests": 3, "ratePerSecond": 5, "prompts": ["a red circle"] }
            }
            """);
    }

    [Test]
    public void A_folder_named_by_a_path_beside_the_scenario_serves()
    {
        var result = SimServeProcess.Run("run", Beside("scenario.json"), "--out", Beside("out"));
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)JsonNode.Parse(File.ReadAllText(Beside("out/summary.json")))!["metrics"]!["completed_requests"]!, Is.EqualTo(3));
            Assert.That(File.ReadAllText(Beside("out/profile.json")), Does.Contain("\"tiny-flux\""));
        }
    }

    [Test]
    public void A_folder_that_is_not_there_or_is_no_Flux_pipeline_is_a_fault_of_the_key()
    {
        var missing = SimServeProcess.Run("run", Beside("scenario.json"), "--set", "model=./nowhere");
        _model.WriteIndex("StableDiffusionPipeline");
        var other = SimServeProcess.Run("run", Beside("scenario.json"));
        _model.WriteIndex("FluxPipeline");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(missing.ExitCode, Is.EqualTo(2), missing.ToString());
            Assert.That(missing.ToString(), Does.Contain("nowhere").And.Contain("not there"));
            Assert.That(other.ExitCode, Is.EqualTo(2), other.ToString());
            Assert.That(other.ToString(), Does.Contain("StableDiffusionPipeline"));
        }
    }

    public void Dispose() => _model.Dispose();

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(_model.Location)!, name);
}
