using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Caches;

/// <summary>Which model made a recording: its sizes and type, the kind of device, its files, and the weights themselves.</summary>
/// <remarks>
/// Of every weight 4,096 numbers or fewer are hashed, spread evenly over it: other seeds, other training and other files are told apart without reading
/// gigabytes. Encoders and the autoencoder are known by their files' names, lengths and times.
/// </remarks>
internal static class ModelIdentity
{
    private const int Samples = 4096;

    /// <summary>The model's hash.</summary>
    public static string Of(FluxModel model)
    {
        using var mode = inference_mode();
        var hash = new ContentHash().Add($"{model.Config with { Parts = null, Cache = default }}").Add(model.Config.Parts?.Files ?? string.Empty).Add($"{model.Device.type}");
        foreach (var (name, weight) in model.Transformer.Weights.All.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.Add(name).Add(string.Join(',', weight.Value.shape)).Add(TensorAddress.Span(Sample(weight.Value)));
        }

        return hash.ToString();
    }

    private static Tensor Sample(Tensor weight)
    {
        var flat = weight.detach().reshape(-1);
        return flat.slice(0, 0, flat.shape[0], Math.Max(1, flat.shape[0] / Samples)).cpu().contiguous();
    }
}
