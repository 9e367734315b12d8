using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Caches;

/// <summary>Which model made a recording: its sizes and type, the kind of device, its files, and the weights themselves.</summary>
/// <remarks>
/// Of every weight 4,096 numbers or fewer are hashed, spread evenly over it: other seeds, other training and other files are told apart without reading
/// gigabytes. Adapters do not count: what they change is the plain model still. Encoders and the autoencoder are known by their files' names, lengths and times.
/// </remarks>
internal static class ModelIdentity
{
    private const int Samples = 4096;

    /// <summary>The model's hash.</summary>
    public static string Of(ServedModel model)
    {
        var hash = new ContentHash().Add($"{model.Device.type}");
        model.AddTo(hash);
        return hash.ToString();
    }

    /// <summary>Adds samples of all weights.</summary>
    /// <param name="hash">Receives them.</param>
    /// <param name="weights">The weights.</param>
    public static void Add(ContentHash hash, WeightStore weights)
    {
        using var mode = inference_mode();
        foreach (var (name, weight) in weights.All.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.Add(name).Add(string.Join(',', weight.Original.shape)).Add(TensorAddress.Span(Sample(weight.Original)));
        }
    }

    private static Tensor Sample(Tensor weight)
    {
        var flat = weight.detach().reshape(-1);
        return flat.slice(0, 0, flat.shape[0], Math.Max(1, flat.shape[0] / Samples)).cpu().contiguous();
    }
}
