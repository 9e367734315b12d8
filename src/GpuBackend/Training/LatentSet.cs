using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>The latents of a set of scenes, scaled as a denoiser sees them.</summary>
public sealed class LatentSet : IDisposable
{
    private const string Name = "latents";
    private const int AtOnce = 64;

    private readonly Tensor _latents;

    private LatentSet(SceneSet scenes, Tensor latents) => (Scenes, _latents) = (scenes, latents);

    /// <summary>The scenes, not owned.</summary>
    public SceneSet Scenes { get; }

    /// <summary>Opens a set, encoding what is not there yet.</summary>
    /// <param name="path">Its file; only saves the time of encoding.</param>
    /// <param name="scenes">The scenes.</param>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <exception cref="ModelFileException">The file is damaged or cut short, or holds other latents.</exception>
    public static LatentSet Open(string path, SceneSet scenes, AutoencoderKL autoencoder)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentNullException.ThrowIfNull(autoencoder);
        if (!File.Exists(path))
        {
            using var encoded = Encode(scenes, autoencoder);
            SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { [Name] = encoded });
        }

        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var side = Scene.Side / autoencoder.Config.Downscale;
        long[] shape = [scenes.Count, autoencoder.Config.LatentChannels, side, side];
        var read = file.Tensors.ContainsKey(Name) ? file.Read(Name) : null;
        return read is not null && read.dtype == ScalarType.Float16 && read.shape.AsSpan().SequenceEqual(shape)
            ? new LatentSet(scenes, read.clone().DetachFromDisposeScope())
            : throw new ModelFileException($"'{path}' holds no Float16 \"{Name}\" [{string.Join(", ", shape)}]. Delete it, and the scenes are encoded again.");
    }

    /// <summary>Latents of some scenes.</summary>
    /// <param name="indices">Which.</param>
    /// <returns>[B, C, h, w], float32; the caller disposes it.</returns>
    public Tensor Of(IReadOnlyList<int> indices)
    {
        using var scope = NewDisposeScope();
        return _latents.index_select(0, tensor(indices.Select(static index => (long)index).ToArray())).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _latents.Dispose();

    private static Tensor Encode(SceneSet scenes, AutoencoderKL autoencoder)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        List<Tensor> parts = [];
        for (var first = 0; first < scenes.Count; first += AtOnce)
        {
            using var inner = NewDisposeScope();
            var pixels = scenes.Pixels([.. Enumerable.Range(first, Math.Min(AtOnce, scenes.Count - first))]).to(autoencoder.Weights.Device);
            var scaled = autoencoder.Encode(pixels).Mean.sub(autoencoder.Config.ShiftFactor).mul(autoencoder.Config.ScalingFactor);
            parts.Add(scaled.to(ScalarType.Float16).cpu().MoveToOuterDisposeScope());
        }

        return cat(parts).MoveToOuterDisposeScope();
    }
}
