using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.DiT;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>What the families without convolutions have in common: every block computes masked tokens only.</summary>
internal abstract class MaskedTransformer : IMaskedDenoiser
{
    /// <inheritdoc/>
    public abstract WeightStore Weights { get; }

    /// <inheritdoc/>
    public abstract int TokenSide { get; }

    /// <summary>Attentions over image tokens of each block.</summary>
    protected abstract IReadOnlyList<int> Attentions { get; }

    /// <inheritdoc/>
    public Tensor Plain(DenoiserBatch batch) => Forward(batch, null).to(ScalarType.Float32);

    /// <inheritdoc/>
    public Tensor Record(DenoiserBatch batch, IReadOnlyList<RecordedLayers> lanes, RecordingOptions options) =>
        Forward(batch, new RecordingRows(lanes, options.Variant)).to(ScalarType.Float32);

    /// <inheritdoc/>
    public Tensor Masked(DenoiserBatch batch, IReadOnlyList<LaneReuse> lanes, RecordingOptions recorded, ReuseModes modes)
    {
        if (modes.TileSide is not null || modes.Transformers is not null)
        {
            throw new ArgumentException("This model has no convolutions: it computes masked tokens only in every block, and nothing on tiles.", nameof(modes));
        }

        var masks = lanes.Select(static lane => lane.Masks.Finest).ToArray();
        using var tokens = new PackedTokens([.. masks.Select(static mask => (mask.Masked, mask.Unmasked))], masks[0].Rows * masks[0].Columns, batch.Sample.device);
        return Forward(batch, tokens, new CachedRows(lanes, recorded.Variant, Attentions)).to(ScalarType.Float32);
    }

    /// <summary>The plain model.</summary>
    protected abstract Tensor Forward(DenoiserBatch batch, IBlockRecorder? recorder);

    /// <summary>The model on masked tokens.</summary>
    protected abstract Tensor Forward(DenoiserBatch batch, PackedTokens tokens, IBlockRows others);

    /// <summary>Each lane's time step, [B], float32.</summary>
    protected static Tensor Timesteps(DenoiserBatch batch) =>
        tensor(batch.Timesteps.Select(static timestep => (float)timestep).ToArray(), device: batch.Sample.device);
}
