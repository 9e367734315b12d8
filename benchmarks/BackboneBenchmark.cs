using BenchmarkDotNet.Attributes;
using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks;

/// <summary>What does each optimisation of a U-Net bring on its own, and all together?</summary>
/// <remarks>
/// Stable Diffusion 1.5's structure at a fifth of its width, 32x32 latents, all processors; a pass is one of a request's later steps. Every way must agree with the plain one, or the benchmark refuses to
/// run; how many products and convolutions a pass gives to libtorch, and how many operators in all, is printed beside the times.
/// </remarks>
[MinColumn]
[MedianColumn]
public class BackboneBenchmark
{
    private const string Plain = "none";
    private const string All = "all";
    private const string Short = "all, bfloat16";
    private const double Agreement = 1e-4;
    private const double ShortAgreement = 0.05;

    private readonly TextKeys _keys = new();

    private UNet2DConditionModel _model = null!;
    private UNetInput _input = null!;

    /// <summary>Forward passes at once: 2 is one image under guidance.</summary>
    [Params(1, 2)]
    public int Batch { get; set; }

    [ParamsSource(nameof(AllWays))]
    public string Way { get; set; } = Plain;

    public static IEnumerable<string> AllWays => [Plain, .. BackboneOptimisations.Names, All, Short];

    [GlobalSetup]
    public void Build()
    {
        var use = Way switch { Plain => BackboneOptimisations.None, All or Short => BackboneOptimisations.All, _ => BackboneOptimisations.None.With(Way) };
        _model = Open(use, Way == Short ? ScalarType.BFloat16 : ScalarType.Float32);
        var exact = Input(ScalarType.Float32);
        _input = Input(_model.Weights.Type) with { TextKeys = use.TextKeyValueCache ? _keys : null };
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var plain = Open(BackboneOptimisations.None, ScalarType.Float32);
        RequireEqual(_model.Forward(_input).to(ScalarType.Float32), plain.Forward(exact), Way == Short ? ShortAgreement : Agreement);
        Count();
    }

    [GlobalCleanup]
    public void Free()
    {
        _keys.Dispose();
        _model.Dispose();
    }

    [Benchmark]
    public void Forward()
    {
        using var mode = inference_mode();
        using var output = _model.Forward(_input);
    }

    private static UNet2DConditionModel Open(BackboneOptimisations use, ScalarType type) => new(
        UNetConfig.Read(ConfigFile.Parse("small-sd15.json", """{ "block_out_channels": [64, 128, 256, 256], "cross_attention_dim": 768, "sample_size": 32 }""")),
        WeightStore.Seeded(1, type, CPU),
        use);

    private UNetInput Input(ScalarType type)
    {
        using var random = new Generator(1);
        return new UNetInput
        {
            Sample = randn([Batch, 4, 32, 32], generator: random).to(type),
            Timestep = tensor(500L),
            Text = randn([Batch, 77, 768], generator: random).to(type),
        };
    }

    private void Count()
    {
        using var meter = OperationMeter.Begin();
        var created = Created();
        Forward();
        Console.WriteLine($"// {Way}, batch of {Batch}: {meter.Calls} products, convolutions and attentions, {Created() - created} operators in all, views included");
    }

    // Every operator gives a tensor.
    private static long Created()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        return statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount;
    }

    private static void RequireEqual(Tensor got, Tensor want, double agreement)
    {
        var difference = got.sub(want).norm().ToDouble() / want.norm().ToDouble();
        if (!(difference < agreement))
        {
            throw new InvalidOperationException($"The prediction differs by {difference} of its norm: the comparison would measure something else.");
        }
    }
}
