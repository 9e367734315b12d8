using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests;

/// <summary>A model small enough for tests, and what is needed to edit with it.</summary>
internal static class Small
{
    public const int Steps = 4;

    public static FluxConfig Config { get; } = new()
    {
        Name = "flux-test",
        Grid = new TokenGrid(8, 8, 8),
        TextTokens = 6,
        Transformer = new FluxTransformerConfig
        {
            InChannels = 192,
            OutChannels = 192,
            DoubleBlocks = 2,
            SingleBlocks = 3,
            Heads = 2,
            HeadWidth = 16,
            TextWidth = 24,
            PooledWidth = 20,
            GuidanceEmbeds = false,
            RotaryAxes = new RotaryAxes(4, 6, 6),
        },
    };

    public static FluxModel Model { get; } = new(Config, 7);

    public static IPromptEncoder Prompts => Model.Prompts;

    public static TemplateRecording Harbour { get; } = Record("a quiet harbour at dusk", 11);

    public static TemplateRecording Orchard { get; } = Record("an orchard in spring", 12);

    public static EditMask RandomMask(long seed, double ratio)
    {
        var random = new RandomStream(seed, "mask");
        int[] tokens = [.. Enumerable.Range(0, Config.Grid.Count).Where(_ => random.NextDouble() < ratio)];
        return EditMask.FromTokens(Config.Grid, tokens.Length == 0 ? [0] : tokens);
    }

    /// <summary>A mask of single pixels, so that masked tokens hold kept pixels too.</summary>
    public static EditMask PixelMask(long seed)
    {
        var random = new RandomStream(seed, "pixels");
        var pixels = new bool[Config.Grid.Width * Config.Grid.Height];
        var (left, top) = (random.Next(0, 30), random.Next(0, 30));
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i % Config.Grid.Width, i / Config.Grid.Width);
            pixels[i] = x >= left && x < left + 27 && y >= top && y < top + 21 && ((x + y) % 5 != 0);
        }

        return EditMask.FromPixels(Config.Grid, new PixelMask(Config.Grid.Width, Config.Grid.Height, pixels));
    }

    public static FluxEdit Edit(TemplateRecording template, EditMask mask, string prompt = "a red boat", long seed = 99, int id = 0) =>
        new(Model, template, new Request
        {
            Id = new RequestId(id),
            ArrivesAt = default,
            Template = default,
            Mask = mask,
            Steps = template.Steps,
            Prompt = prompt,
            Seed = seed,
        });

    public static BlockMode[] All(BlockMode mode) => [.. Enumerable.Repeat(mode, Config.Transformer.Blocks)];

    public static void Step(IReadOnlyList<FluxEdit> batch, IReadOnlyList<BlockMode> modes)
    {
        using var rows = new DirectTemplateRows(batch);
        new StepExecutor(Model).Run(batch, modes, rows);
    }

    public static float[] Finish(FluxEdit edit, IReadOnlyList<BlockMode> modes)
    {
        while (!edit.IsFinished)
        {
            Step([edit], modes);
        }

        return Values(edit);
    }

    public static float[] Values(FluxEdit edit) => edit.Latents.data<float>().ToArray();

    public static double LargestDifference(float[] a, float[] b)
    {
        Assert.That(a, Has.Length.EqualTo(b.Length));
        return a.Zip(b, static (x, y) => (double)Math.Abs(x - y)).DefaultIfEmpty(0).Max();
    }

    /// <summary>How many of 255 levels a channel of a pixel differs at the most.</summary>
    public static int LargestLevels(RgbImage one, RgbImage other) => one.Pixels.ToArray().Zip(other.Pixels.ToArray(), static (a, b) => Math.Abs(a - b)).Max();

    public static RgbImage Noise(int width, int height, long seed)
    {
        var pixels = new byte[3 * width * height];
        new RandomStream(seed, "picture").NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static TemplateRecording Record(string prompt, long seed) =>
        new TemplateRecorder(Model).Record(new EditTemplate(Noise(64, 64, seed), prompt, seed), Steps);
}
