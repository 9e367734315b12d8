using BenchmarkDotNet.Attributes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.Benchmarks;

/// <summary>What do four whole edits cost in one batch, from their prompts to their PNG files, with and without reuse, on one processor thread?</summary>
/// <remarks>The nano model at its own size: 256 image tokens, 8 steps. The four differ in mask, prompt and seed.</remarks>
[InvocationCount(1, unrollFactor: 1)]
public class EditBenchmark
{
    private const int Steps = 8;
    private const int Batch = 4;

    private readonly BlockMode[] _plain = [.. Enumerable.Repeat(BlockMode.Plain, FluxConfig.Nano.Transformer.Blocks)];
    private readonly BlockMode[] _cached = [.. Enumerable.Repeat(BlockMode.Cached, FluxConfig.Nano.Transformer.Blocks)];
    private readonly string _folder = Directory.CreateTempSubdirectory("simserve-edits-").FullName;
    private FluxModel _inputs = null!;
    private FluxModel _keysValues = null!;
    private TemplateRecording _ofInputs = null!;
    private TemplateRecording _ofKeysValues = null!;

    [Params(0.1, 0.2)]
    public double Ratio { get; set; }

    [GlobalSetup]
    public void Record()
    {
        torch.set_num_threads(1);
        (_inputs, _ofInputs) = Recorded(CacheVariant.BlockInput);
        (_keysValues, _ofKeysValues) = Recorded(CacheVariant.KeysValues);
    }

    [Benchmark(Baseline = true)]
    public int Full() => Edit(_inputs, _ofInputs, _plain);

    [Benchmark]
    public int BlockInputs() => Edit(_inputs, _ofInputs, _cached);

    [Benchmark]
    public int KeysValues() => Edit(_keysValues, _ofKeysValues, _cached);

    [GlobalCleanup]
    public void Forget()
    {
        _ofInputs.Dispose();
        _ofKeysValues.Dispose();
        _inputs.Dispose();
        _keysValues.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static (FluxModel Model, TemplateRecording Recording) Recorded(CacheVariant variant)
    {
        var model = new FluxModel(FluxConfig.Nano with { Cache = new CacheFormat(variant, CacheNumbers.AsModel) }, seed: 1);
        var (width, height) = (FluxConfig.Nano.Grid.Width, FluxConfig.Nano.Grid.Height);
        var pixels = new byte[3 * width * height];
        new RandomStream(1, "picture").NextBytes(pixels);
        return (model, new TemplateRecorder(model).Record(new EditTemplate(new RgbImage(width, height, pixels), "a quiet harbour", 1), Steps));
    }

    private int Edit(FluxModel model, TemplateRecording recording, BlockMode[] modes)
    {
        FluxEdit[] batch = [.. Enumerable.Range(0, Batch).Select(number => new FluxEdit(model, recording, Request(number)))];
        var executor = new StepExecutor(model);
        using (var rows = new DirectTemplateRows(batch))
        {
            for (var step = 0; step < Steps; step++)
            {
                executor.Run(batch, modes, rows);
            }
        }

        for (var number = 0; number < Batch; number++)
        {
            using var edit = batch[number];
            PngFile.Write(Path.Combine(_folder, $"{number}.png"), edit.ToImage());
        }

        return Batch;
    }

    private Request Request(int number)
    {
        var tokens = (int)(Ratio * FluxConfig.Nano.Grid.Count);
        return new Request
        {
            Id = new RequestId(number),
            ArrivesAt = default,
            Template = default,
            Mask = EditMask.FromTokens(FluxConfig.Nano.Grid, [.. Enumerable.Range(40 * number, tokens)]),
            Steps = Steps,
            Prompt = $"a red boat with {number} sails",
            Seed = number,
        };
    }
}
