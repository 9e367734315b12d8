using System.Security.Cryptography;
using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Measures how many steps a model may take before a LoRA is there.</summary>
/// <remarks>
/// Every image is made from the same noise with the LoRA in all steps, in none, and in all but the first 1, 2, 3, ...; text encoders have it always, as in service (<see cref="ServedLoras"/>). Latents of the first
/// two are compared after each step, as the paper does (Katz, USENIX ATC '25, section 6), and final latents and images of the others with those of the first. The scheduler is the one that serves.
/// </remarks>
/// <param name="folder">The model's folder, one that can be served.</param>
/// <param name="loras">The LoRAs, at least one; used together.</param>
/// <param name="options">How it is measured.</param>
public sealed class LoraBoundMeasurement(string folder, IReadOnlyList<LoraSource> loras, LoraBoundOptions options)
{
    private const int MostLate = 32;

    /// <summary>Numbers of steps that a LoRA is late when it is measured: all, or about 32 of them.</summary>
    /// <param name="steps">Denoising steps, at least 1.</param>
    public static IReadOnlyList<int> Grid(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var stride = (steps + MostLate - 1) / MostLate;
        return [.. Enumerable.Range(0, steps).Where(step => step % stride == 0), steps];
    }

    /// <summary>Measures.</summary>
    /// <param name="progress">Told the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="FileNotFoundException">A file of the model or a LoRA's is missing.</exception>
    /// <exception cref="ModelFileException">A file is not sound, the model cannot be served, or a LoRA was made for another one.</exception>
    /// <exception cref="InvalidRequestException">The model cannot make such images.</exception>
    public LoraBound Run(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var config = ServedFolder.Read(folder);
        // Files first: a missing LoRA is told of before a model is loaded.
        BoundedLora[] files = [.. loras.Select(static lora => new BoundedLora(lora.Path, HashOf(lora.Path), lora.Scale))];
        using var pipeline = PipelineFactory.Open(folder, new PipelineOptions { Type = options.Type, Device = options.Device, Scheduler = (config as StableDiffusionConfig)?.Scheduler });
        using var library = new LoraLibrary(loras);
        using var adapters = library.Load(pipeline.Adapters, [.. Enumerable.Range(0, loras.Count)]);
        pipeline.Adapters.Use(adapters);
        var grid = Grid(options.Steps);
        var similarity = Enumerable.Range(0, options.Steps).Select(static _ => new LikenessSum()).ToArray();
        var late = grid.Select(static _ => (Latents: new LikenessSum(), Image: new LikenessSum())).ToArray();
        (int Prompt, int First, int Count)[] batches = [.. Enumerable.Range(0, options.Prompts.Count).SelectMany(Batches)];
        foreach (var (number, batch) in batches.Index())
        {
            var maker = new Maker(config, pipeline, adapters, options, batch);
            var with = maker.Make(0, cancellation);
            foreach (var (place, after) in grid.Index())
            {
                progress?.Invoke((number + ((double)place / grid.Count)) / batches.Length);
                var (latents, images) = after == 0 ? with : maker.Make(after, cancellation);
                late[place].Latents.AddCosines(latents[^1], with.Latents[^1], batch.Count);
                Array.ForEach([.. images.Zip(with.Images, static (one, other) => ImageQuality.Ssim(one, other))], late[place].Image.Add);
                if (after == options.Steps)
                {
                    Array.ForEach([.. Enumerable.Range(0, options.Steps)], step => similarity[step].AddCosines(latents[step], with.Latents[step], batch.Count));
                }
            }
        }

        return Bound(
            config,
            files,
            [.. similarity.Select(static (sum, step) => new StepLikeness(step + 1, sum.Result))],
            [.. late.Zip(grid, static (sums, after) => new LateLora(after, sums.Latents.Result, sums.Image.Result))]);
    }

    private LoraBound Bound(ServedConfig config, BoundedLora[] files, StepLikeness[] similarity, LateLora[] late) => new()
    {
        Model = config.Name,
        Loras = files,
        Steps = options.Steps,
        Prompts = options.Prompts,
        Seeds = options.Seeds,
        FirstSeed = options.FirstSeed,
        Threshold = options.Threshold,
        MinSsim = options.MinSsim,
        Similarity = similarity,
        Late = late,
        BySimilarity = LoraBound.OfSimilarity(similarity, options.Threshold),
        ByImage = LoraBound.OfImages(late, options.MinSsim),
    };

    private IEnumerable<(int Prompt, int First, int Count)> Batches(int prompt) => Enumerable.Range(0, (options.Seeds + options.BatchSize - 1) / options.BatchSize)
        .Select(batch => (prompt, batch * options.BatchSize, Math.Min(options.BatchSize, options.Seeds - (batch * options.BatchSize))));

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    // Images of one prompt and neighbouring seeds, made again and again.
    private sealed class Maker(ServedConfig config, IDiffusionPipeline pipeline, PreparedAdapters adapters, LoraBoundOptions options, (int Prompt, int First, int Count) batch)
    {
        public (IReadOnlyList<float[]> Latents, IReadOnlyList<RgbImage> Images) Make(int after, CancellationToken cancellation)
        {
            using var noise = new SeededNoise(options.FirstSeed + batch.First, batch.Count);
            var watch = new LateUse(pipeline, adapters, after);
            using var made = pipeline.Run(RequestOf(noise), watch, cancellation);
            return watch.Steps == options.Steps
                ? (watch.Latents, made.Images)
                : throw new InvalidRequestException($"The scheduler of '{config.Name}' takes {watch.Steps} steps where {options.Steps} are asked for; ask for a number that it takes.");
        }

        private ImageRequest RequestOf(SeededNoise noise) => new()
        {
            Prompts = [.. Enumerable.Repeat(options.Prompts[batch.Prompt], batch.Count)],
            Width = config.Grid.Width,
            Height = config.Grid.Height,
            Steps = options.Steps,
            Guidance = pipeline.Defaults.Guidance,
            Noise = noise,
        };
    }
}
