using BenchmarkDotNet.Attributes;
using SimServe.Benchmarks.TorchScript;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.Benchmarks;

/// <summary>Is one forward pass as fast as the same graph run by PyTorch's own interpreter (TorchScript) on the same libtorch and weights?</summary>
/// <remarks>Both must agree, or the benchmark refuses to run. Scaled-down models of the published shapes, float32, all processors.</remarks>
public class ModelForwardBenchmark
{
    private const double Agreement = 1e-3;

    private UNet2DConditionModel _unet = null!;
    private UNetScript _unetScript = null!;
    private UNetInput _unetInput = null!;
    private FluxTransformer2DModel _flux = null!;
    private FluxScript _fluxScript = null!;
    private FluxInput _fluxInput = null!;
    private object[] _unetArguments = null!;
    private object[] _fluxArguments = null!;

    [GlobalSetup]
    public void Build()
    {
        BuildUNet();
        BuildFlux();
    }

    [Benchmark]
    public void UNet()
    {
        using var mode = inference_mode();
        using var output = _unet.Forward(_unetInput);
    }

    [Benchmark]
    public void UNetInTorchScript()
    {
        using var mode = inference_mode();
        using var output = (Tensor)_unetScript.Function.invoke("forward", _unetArguments);
    }

    [Benchmark]
    public void Flux()
    {
        using var mode = inference_mode();
        using var output = _flux.Forward(_fluxInput);
    }

    [Benchmark]
    public void FluxInTorchScript()
    {
        using var mode = inference_mode();
        using var output = (Tensor)_fluxScript.Function.invoke("forward", _fluxArguments);
    }

    private void BuildUNet()
    {
        var config = UNetConfig.Read(ConfigFile.Parse("small-sdxl.json", """
            {
              "block_out_channels": [64, 128, 256], "layers_per_block": 2, "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
              "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "transformer_layers_per_block": [1, 2, 10],
              "attention_head_dim": [1, 2, 4], "cross_attention_dim": 512, "use_linear_projection": true, "addition_embed_type": "text_time",
              "addition_time_embed_dim": 64, "projection_class_embeddings_input_dim": 640, "sample_size": 64
            }
            """));
        _unet = new UNet2DConditionModel(config, WeightStore.Seeded(1, ScalarType.Float32, CPU));
        var (sample, text, pooled, ids) = (randn(2, 4, 64, 64), randn(2, 77, 512), randn(2, 256), tensor(new float[] { 512, 512, 0, 0, 512, 512 }).expand(2, -1));
        var timestep = tensor(500L);
        _unetInput = new UNetInput { Sample = sample, Timestep = timestep, Text = text, AddedCondition = new AddedCondition(pooled, ids) };
        _unetScript = new UNetScript(config, _unet.Weights);
        var added = cat([pooled, GpuBackend.Layers.SinusoidalEmbedding.Of(ids.flatten(), 64).reshape(2, -1)], -1);
        var embedded = GpuBackend.Layers.SinusoidalEmbedding.Of(timestep.expand(2), 64);
        _unetArguments = [sample, embedded, text, added, _unetScript.Weights];
        using var mode = inference_mode();
        RequireEqual(_unet.Forward(_unetInput), (Tensor)_unetScript.Function.invoke("forward", _unetArguments));
    }

    private void BuildFlux()
    {
        const int Heads = 8;
        const int HeadWidth = 64;
        var config = FluxTransformerConfig.Read(ConfigFile.Parse("small-flux.json", $$"""
            {
              "in_channels": 64, "num_layers": 4, "num_single_layers": 8, "attention_head_dim": {{HeadWidth}}, "num_attention_heads": {{Heads}},
              "joint_attention_dim": 512, "pooled_projection_dim": 256, "guidance_embeds": true, "axes_dims_rope": [8, 28, 28]
            }
            """));
        _flux = new FluxTransformer2DModel(config, WeightStore.Seeded(1, ScalarType.Float32, CPU));
        var positions = GpuBackend.Pipelines.FluxPacking.Positions(32, 32, CPU);
        _fluxInput = new FluxInput
        {
            HiddenStates = randn(1, 1024, 64),
            EncoderHiddenStates = randn(1, 128, 512),
            PooledProjections = randn(1, 256),
            Timestep = full(1, 0.5f),
            Guidance = full(1, 3.5f),
            ImageIds = positions,
            TextIds = zeros(128, 3),
        };
        _fluxScript = new FluxScript(_flux.Weights, Heads * HeadWidth, Heads);
        var (cosines, sines) = Rotary(cat([_fluxInput.TextIds, positions]), [8, 28, 28]);
        _fluxArguments =
        [
            _fluxInput.HiddenStates, _fluxInput.EncoderHiddenStates, _fluxInput.PooledProjections, Embedded(500), Embedded(3500), cosines, sines, _fluxScript.Weights,
        ];
        using var mode = inference_mode();
        RequireEqual(_flux.Forward(_fluxInput), (Tensor)_fluxScript.Function.invoke("forward", _fluxArguments));
    }

    private static Tensor Embedded(float value) => GpuBackend.Layers.SinusoidalEmbedding.Of(full(1, value), 256);

    private static (Tensor Cosines, Tensor Sines) Rotary(Tensor ids, int[] axes)
    {
        List<Tensor> angles = [];
        for (var axis = 0; axis < axes.Length; axis++)
        {
            var frequencies = pow(10_000.0, arange(0, axes[axis], 2, dtype: ScalarType.Float64).div(axes[axis]).neg());
            angles.Add(ids.select(1, axis).to(ScalarType.Float64).outer(frequencies));
        }

        var all = cat(angles, -1).repeat_interleave(2, -1);
        return (all.cos().to(ScalarType.Float32), all.sin().to(ScalarType.Float32));
    }

    private static void RequireEqual(Tensor ours, Tensor theirs)
    {
        var difference = ours.sub(theirs).abs().max().ToDouble() / theirs.abs().max().ToDouble();
        if (!(difference < Agreement))
        {
            throw new InvalidOperationException($"The two graphs differ by {difference}: the comparison would measure something else.");
        }
    }
}
