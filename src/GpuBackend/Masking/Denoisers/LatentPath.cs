using System.Globalization;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>A template's latents at every noise level, and what leads its model back to them: all that edits take of it besides its layers.</summary>
/// <remarks>Read-only once recorded: any number of threads may read it. Owns its tensors, but not the template's. Dispose it when no edit uses it any more.</remarks>
internal sealed class LatentPath : IDisposable
{
    private readonly List<Tensor> _latents = [];
    private readonly List<Tensor> _corrections = [];
    private bool _disposed;

    /// <summary>Begins a path.</summary>
    /// <param name="template">The template.</param>
    /// <param name="timesteps">Time steps of all steps, those before the first one included.</param>
    public LatentPath(LatentTemplate template, IReadOnlyList<double> timesteps) => (Template, Timesteps) = (template, timesteps);

    /// <summary>The template.</summary>
    public LatentTemplate Template { get; }

    /// <summary>Time steps of all steps, those before the first one included.</summary>
    public IReadOnlyList<double> Timesteps { get; }

    /// <summary>Bytes of its tensors.</summary>
    public long Bytes => _latents.Concat(_corrections).Sum(static tensor => tensor.numel() * tensor.element_size());

    /// <summary>A path whose tensors somebody reads by name; of a failure halfway nothing is left.</summary>
    /// <param name="template">The template.</param>
    /// <param name="timesteps">Time steps of all steps.</param>
    /// <param name="read">Gives a tensor, the path's from then on, by its name in <see cref="Named"/>.</param>
    public static LatentPath Of(LatentTemplate template, IReadOnlyList<double> timesteps, Func<string, Tensor> read)
    {
        var path = new LatentPath(template, timesteps);
        try
        {
            for (var step = template.FirstStep; step <= timesteps.Count; step++)
            {
                path._latents.Add(read(LatentsOf(step)));
            }

            for (var step = template.FirstStep; step < timesteps.Count; step++)
            {
                path._corrections.Add(read(CorrectionOf(step)));
            }

            return path;
        }
        catch
        {
            path.Dispose();
            throw;
        }
    }

    /// <summary>Names of all tensors of a path.</summary>
    /// <param name="first">Its first step.</param>
    /// <param name="steps">All steps, those before the first one included.</param>
    public static IEnumerable<string> Names(int first, int steps) =>
        [.. Enumerable.Range(first, steps - first + 1).Select(LatentsOf), .. Enumerable.Range(first, steps - first).Select(CorrectionOf)];

    /// <summary>All its tensors by name: <c>latents.K</c> before step K and after the last one, <c>correction.K</c> of step K; each [1, C, h, w], float32.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named() =>
    [
        .. _latents.Select((latents, i) => (LatentsOf(Template.FirstStep + i), latents)),
        .. _corrections.Select((correction, i) => (CorrectionOf(Template.FirstStep + i), correction)),
    ];

    /// <summary>The template's latents before a step, [1, C, h, w]; after the last one, the picture's.</summary>
    public Tensor Latents(int step) => At(_latents, step);

    /// <summary>What leads from the model's own latents after a step to the template's.</summary>
    public Tensor Correction(int step) => At(_corrections, step);

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _latents.ForEach(static tensor => tensor.Dispose());
        _corrections.ForEach(static tensor => tensor.Dispose());
    }

    /// <summary>Adds the latents it begins with.</summary>
    internal void Add(Tensor latents) => _latents.Add(latents.DetachFromDisposeScope());

    /// <summary>Adds the latents after the next step, and those that the model's own prediction led to.</summary>
    internal void Add(Tensor next, Tensor led)
    {
        _latents.Add(next.DetachFromDisposeScope());
        _corrections.Add(next.sub(led).DetachFromDisposeScope());
    }

    /// <summary>Name of the latents before a step, or after the last one.</summary>
    public static string LatentsOf(int step) => string.Create(CultureInfo.InvariantCulture, $"latents.{step}");

    private static string CorrectionOf(int step) => string.Create(CultureInfo.InvariantCulture, $"correction.{step}");

    private Tensor At(List<Tensor> list, int step)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return list[step - Template.FirstStep];
    }
}
