using SimServe.GpuBackend.ModelFiles;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models;

/// <summary>A model as it is served, of any family: its sizes, and what every request has in common.</summary>
public abstract record ServedConfig
{
    /// <summary>Name for reports and profiles, e.g. <c>flux-nano</c>; a trained model's is its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>How images are cut into tokens: masks are made of these.</summary>
    public required TokenGrid Grid { get; init; }

    /// <summary>Numbers that weights, activations and recordings are made of: float32, bfloat16 or float16.</summary>
    /// <value>Float32.</value>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>What cached rows of templates are.</summary>
    /// <value>Each block's input, in numbers of <see cref="Type"/>.</value>
    public CacheFormat Cache { get; init; }

    /// <summary>Whether it has been trained, so that edits show what their prompts say.</summary>
    public abstract bool IsTrained { get; }

    /// <summary>Bytes of one number of <see cref="Type"/>.</summary>
    public int ElementBytes => SafetensorsTypes.Size(Type);

    /// <summary>What policies and cost models know of the model.</summary>
    public abstract ModelShape ToShape();

    /// <summary>What serving takes of a device's memory.</summary>
    /// <param name="batch">Members of the largest batch, at least 1.</param>
    /// <param name="steps">Denoising steps, at least 1.</param>
    /// <param name="lookAhead">Blocks that loads may be ahead of computation.</param>
    internal abstract ServedMemory MemoryOf(int batch, int steps, int lookAhead);
}
