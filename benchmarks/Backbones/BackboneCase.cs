using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.Backbones;

/// <summary>A U-Net of Stable Diffusion 1.5's structure that computes its layers in one way, and what a request's later steps give it.</summary>
internal sealed class BackboneCase : IDisposable
{
    public const string Plain = "none";
    public const string All = "all";
    public const string Short = "all, bfloat16";

    private readonly TextKeys _keys = new();
    private readonly UNet2DConditionModel _model;
    private readonly UNetInput _input;

    /// <summary>Opens it.</summary>
    /// <param name="way">One of <see cref="Ways"/>.</param>
    /// <param name="batch">Forward passes at once.</param>
    /// <param name="width">Channels of the first level: 320 in Stable Diffusion 1.5.</param>
    /// <param name="side">Side of the latents: 64 there.</param>
    public BackboneCase(string way, int batch, int width = 64, int side = 32)
    {
        var use = way switch { Plain => BackboneOptimisations.None, All or Short => BackboneOptimisations.All, _ => BackboneOptimisations.None.With(way) };
        var type = way == Short ? ScalarType.BFloat16 : ScalarType.Float32;
        var config = $$"""{ "block_out_channels": [{{width}}, {{2 * width}}, {{4 * width}}, {{4 * width}}], "cross_attention_dim": 768 }""";
        _model = new UNet2DConditionModel(UNetConfig.Read(ConfigFile.Parse("config.json", config)), WeightStore.Seeded(1, type, CPU), use);
        using var random = new Generator(1);
        _input = new UNetInput
        {
            Sample = randn([batch, 4, side, side], generator: random).to(type),
            Timestep = tensor(500L),
            Text = randn([batch, 77, 768], generator: random).to(type),
            TextKeys = use.TextKeyValueCache ? _keys : null,
        };
    }

    public static IEnumerable<string> Ways => [Plain, .. BackboneOptimisations.Names, All, Short];

    public Tensor Forward() => _model.Forward(_input);

    /// <summary>Calls of one pass: products, convolutions and attentions, and all operators that give a tensor, views included.</summary>
    public (long Products, long Operators) Calls()
    {
        using var mode = inference_mode();
        using var meter = OperationMeter.Begin();
        var created = Created();
        using var output = Forward();
        return (meter.Calls, Created() - created);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _model.Dispose();
    }

    private static long Created()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        return statistics.CreatedInScopeCount + statistics.CreatedOutsideScopeCount;
    }
}
