using SimServe.GpuBackend.Images;

namespace SimServe.Cli.Tests;

/// <summary>A folder of its own with a scenario that has no fault, a template, good and bad masks; deleted in the end.</summary>
internal sealed class ScenarioFolder : IDisposable
{
    public const string Good =
        """
        {
          // Comments and trailing commas may stay.
          "name": "small", "seed": 1, "model": "flux-nano", "steps": 2,
          "fleet": { "workers": 2, "linkBytesPerSecond": 2.5e8, "warmTemplates": true },
          "templates": [ { "image": "template.png", "prompt": "a harbour", "seed": 11 } ],
          "edits": [ { "template": 0, "mask": "mask.png", "prompt": "a boat", "seed": 12 } ],
          "workload": { "requests": 6, "ratePerSecond": 2.5, "masks": "production", "templateSkew": 0.9, "prompts": ["a lantern"] },
          "policies": { "batching": "continuous", "maxBatchSize": 4, "maxWaitSeconds": 0, "pipeline": "optimal", "routing": "mask-aware" },
          "baseline": { "pipeline": "full" },
          "profileSeconds": 1,
          "faults": [ { "worker": 1, "atSeconds": 1.5 } ], /* and here */
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-cli-");

    public ScenarioFolder()
    {
        File.Copy(Repository.PathOf("experiments/pictures/templates/harbour.png"), PathOf("template.png"));
        File.Copy(Repository.PathOf("experiments/pictures/masks/harbour.png"), PathOf("mask.png"));
        PngFile.Write(PathOf("small.png"), new RgbImage(64, 32, new byte[3 * 64 * 32]));
        PngFile.Write(PathOf("black.png"), new RgbImage(256, 256, new byte[3 * 256 * 256]));
        File.WriteAllText(PathOf("text.png"), "no image at all");
        File.WriteAllBytes(PathOf("cut.png"), File.ReadAllBytes(PathOf("template.png"))[..5000]);
    }

    public string Output => PathOf("out");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public CommandResult Validate(string scenario, params string[] options)
    {
        File.WriteAllText(PathOf("scenario.json"), scenario);
        return SimServeProcess.Run(["validate", PathOf("scenario.json"), "--out", Output, .. options]);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
