using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What a template's own inference left behind: its path, and its layers at every step in every branch.</summary>
/// <remarks>Everything lies on the model's device. Read-only: any number of threads may read it. Owns path and layers. Dispose it when no edit uses it any more.</remarks>
/// <param name="denoiser">The model that recorded it.</param>
/// <param name="path">The template's path.</param>
/// <param name="layers">Layers of each step from the template's first on, one for each branch.</param>
/// <param name="options">What was kept.</param>
internal sealed class LatentRecording(IMaskedDenoiser denoiser, LatentPath path, IReadOnlyList<RecordedLayers[]> layers, RecordingOptions options) : IDisposable
{
    private bool _disposed;

    /// <summary>The model that recorded it.</summary>
    public IMaskedDenoiser Denoiser => denoiser;

    /// <summary>The template's path.</summary>
    public LatentPath Path => path;

    /// <summary>The template.</summary>
    public LatentTemplate Template => path.Template;

    /// <summary>What was kept.</summary>
    public RecordingOptions Options => options;

    /// <summary>Bytes of the layers.</summary>
    public long Bytes => layers.SelectMany(static step => step).Sum(static branch => branch.Bytes);

    /// <summary>The template's latents before a step, [1, C, h, w]; after the last one, the picture's.</summary>
    public Tensor Latents(int step) => path.Latents(step);

    /// <summary>A step's layers.</summary>
    /// <param name="step">The step.</param>
    /// <param name="branch">0, or with guidance 0 for the negative one and 1.</param>
    public RecordedLayers Layers(int step, int branch)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return layers[step - Template.FirstStep][branch];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        path.Dispose();
        foreach (var step in layers)
        {
            RecordedLayers.Free(step);
        }
    }
}
