using SimServe.GpuBackend.Pipelines;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>The draws that the reference recorded, in its order.</summary>
internal sealed class GoldenNoise(GoldenRun run) : INoiseSource
{
    private int _encoded;

    public Tensor Draw(NoiseUse use, long[] shape)
    {
        // Draws that the reference made and did not use were not recorded.
        var name = use == NoiseUse.EncodedImage ? $"vae_sample_noise.{_encoded++}" : "noise";
        return run.HasInput(name) ? run.Input(name) : throw new InvalidOperationException($"{run} has no recorded {name}.");
    }
}
