using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Masking.Denoisers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What edits take of a Stable Diffusion template besides the rows of its blocks: its latents at every noise level.</summary>
internal sealed class PathTensors : RecordedTensors
{
    private PathTensors(LatentPath path) => Path = path;

    /// <summary>The template's path.</summary>
    public LatentPath Path { get; }

    /// <summary>Takes over a path that was recorded.</summary>
    /// <param name="path">The path, whose template's tensors need not outlive it.</param>
    public static PathTensors Of(LatentPath path)
    {
        var tensors = path.Named().ToDictionary();
        return Of(path.Timesteps, path.Template.Branches.Count, name => tensors[name]);
    }

    /// <summary>Those that somebody reads by name.</summary>
    /// <param name="timesteps">Time steps of the recording.</param>
    /// <param name="branches">Forward passes of a step.</param>
    /// <param name="read">Gives a tensor by its name in <see cref="Named"/>.</param>
    public static PathTensors Of(IReadOnlyList<double> timesteps, int branches, Func<string, Tensor> read) => All(read, next =>
    {
        var tensors = LatentPath.Names(0, timesteps.Count).ToDictionary(static name => name, next);
        var template = new LatentTemplate
        {
            Image = tensors[LatentPath.LatentsOf(timesteps.Count)],
            Noise = tensors[LatentPath.LatentsOf(0)],
            Branches = [.. Enumerable.Repeat(new DenoiserCondition(), branches)],
        };
        return new PathTensors(LatentPath.Of(template, timesteps, name => tensors[name]));
    });

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Named() => Path.Named();

    /// <inheritdoc/>
    public override PathTensors To(Device device)
    {
        using var mode = inference_mode();
        var tensors = Named().ToDictionary();
        var copy = Of(Path.Timesteps, Path.Template.Branches.Count, name => tensors[name].to(device).DetachFromDisposeScope());
        FluxModel.Settle(device);
        return copy;
    }
}
