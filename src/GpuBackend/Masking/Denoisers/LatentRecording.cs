using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What a template's own inference left behind: its latents at every noise level, and its layers at every step in every branch.</summary>
/// <remarks>Everything lies on the model's device. Read-only once recorded: any number of threads may read it. Dispose it when no edit uses it any more.</remarks>
internal sealed class LatentRecording : IDisposable
{
    private readonly List<Tensor> _path = [];
    private readonly List<Tensor> _corrections = [];
    private readonly List<RecordedLayers[]> _layers = [];
    private bool _disposed;

    /// <summary>Begins a recording.</summary>
    public LatentRecording(IMaskedDenoiser denoiser, LatentTemplate template, double[] timesteps, RecordingOptions options) =>
        (Denoiser, Template, Timesteps, Options) = (denoiser, template, timesteps, options);

    /// <summary>The model that recorded it.</summary>
    public IMaskedDenoiser Denoiser { get; }

    /// <summary>The template.</summary>
    public LatentTemplate Template { get; }

    /// <summary>Time steps of all steps, those before the first one included.</summary>
    public IReadOnlyList<double> Timesteps { get; }

    /// <summary>What was kept.</summary>
    public RecordingOptions Options { get; }

    /// <summary>Bytes of the layers.</summary>
    public long Bytes => _layers.SelectMany(static step => step).Sum(static layers => layers.Bytes);

    /// <summary>The template's latents before a step, [1, C, h, w]; after the last one, the picture's.</summary>
    public Tensor Latents(int step) => At(_path, step);

    /// <summary>What leads from the model's own latents after a step to the template's.</summary>
    public Tensor Correction(int step) => At(_corrections, step);

    /// <summary>A step's layers.</summary>
    /// <param name="step">The step.</param>
    /// <param name="branch">0, or with guidance 0 for the negative one and 1.</param>
    public RecordedLayers Layers(int step, int branch) => At(_layers, step)[branch];

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        foreach (var tensor in _path.Concat(_corrections))
        {
            tensor.Dispose();
        }

        _layers.ForEach(static step => Array.ForEach(step, static layers => layers.Dispose()));
    }

    /// <summary>Adds the latents it begins with.</summary>
    internal void Add(Tensor latents) => _path.Add(latents.DetachFromDisposeScope());

    /// <summary>Adds the layers of the next step.</summary>
    internal void Add(RecordedLayers[] layers) => _layers.Add(layers);

    /// <summary>Adds the latents after that step, and those that the model's own prediction led to.</summary>
    internal void Add(Tensor next, Tensor led)
    {
        _path.Add(next.DetachFromDisposeScope());
        _corrections.Add(next.sub(led).DetachFromDisposeScope());
    }

    private T At<T>(List<T> list, int step)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return list[step - Template.FirstStep];
    }
}
