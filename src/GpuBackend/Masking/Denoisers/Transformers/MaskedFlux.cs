using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>Flux for edits one by one, at any size and with any guidance; <see cref="StepExecutor"/> serves it.</summary>
/// <remarks>Latents are packed tokens as pixels: [B, C, rows, columns] with the channels of a token. Time steps are noise levels in thousandths.</remarks>
/// <param name="model">The model.</param>
internal sealed class MaskedFlux(FluxTransformer2DModel model) : IMaskedDenoiser
{
    private const double TrainingSteps = 1000;

    /// <inheritdoc/>
    public WeightStore Weights => model.Weights;

    /// <inheritdoc/>
    public int TokenSide => 1;

    /// <summary>Packed tokens as pixels.</summary>
    /// <param name="packed">[B, L, C].</param>
    /// <param name="rows">Rows of tokens.</param>
    /// <returns>[B, C, rows, columns].</returns>
    public static Tensor Pixels(Tensor packed, long rows) => packed.transpose(1, 2).unflatten(2, [rows, -1]).contiguous();

    /// <summary>The other way.</summary>
    public static Tensor Packed(Tensor pixels) => pixels.flatten(2).transpose(1, 2).contiguous();

    /// <inheritdoc/>
    public Tensor Plain(DenoiserBatch batch) => Full(batch, null);

    /// <inheritdoc/>
    public Tensor Record(DenoiserBatch batch, IReadOnlyList<RecordedLayers> lanes, RecordingOptions options) => options.Variant == ReuseVariant.BlockInputs
        ? Full(batch, lanes)
        : throw new ArgumentException("Flux is recorded by its blocks' inputs here.", nameof(options));

    /// <inheritdoc/>
    public Tensor Masked(DenoiserBatch batch, IReadOnlyList<LaneReuse> lanes, RecordingOptions recorded, ReuseModes modes)
    {
        if (modes.TileSide is not null || modes.Transformers is not null)
        {
            throw new ArgumentException("This model has no convolutions: it computes masked tokens only in every block, and nothing on tiles.", nameof(modes));
        }

        var size = batch.Sample.shape;
        var masks = lanes.Select(static lane => (lane.Masks.Finest.Masked, lane.Masks.Finest.Unmasked)).ToArray();
        using var tokens = new PackedTokens(masks, (int)(size[2] * size[3]), batch.Sample.device);
        var (text, image) = Rotary(batch);
        var layout = new PassLayout(0, text, [.. masks.Select(mask => At(image, mask.Masked))], tokens.UnmaskedCount == 0 ? [] : [.. masks.Select(mask => At(image, mask.Unmasked))]);
        var condition = FluxTransformer2DModel.Condition(cat([Vectors(batch), .. lanes.Select(static lane => lane.Layers.Rows[0])]));
        var state = new HiddenRows(Text(batch), model.EmbedImage(tokens.Gather(Packed(batch.Sample.to(Weights.Type)))));
        for (var block = 0; block < model.Blocks.Count; block++)
        {
            var extra = tokens.UnmaskedCount == 0 ? null : tokens.Unmask([.. lanes.Select(lane => lane.Layers.Rows[block + 1])]);
            var output = model.Blocks[block].Run(layout, condition, state, extra is null ? null : ReusedRows.Hidden(extra));
            state.Free();
            state = output;
        }

        return Pixels(tokens.Scatter(model.Last(layout.Image, condition, state.Split(layout).Image)), size[2]).to(ScalarType.Float32);
    }

    private Tensor Full(DenoiserBatch batch, IReadOnlyList<RecordedLayers>? lanes)
    {
        var (text, image) = Rotary(batch);
        var layout = new PassLayout(0, text, [.. Enumerable.Repeat(image, batch.Lanes)], []);
        var vectors = Vectors(batch);
        var condition = FluxTransformer2DModel.Condition(vectors);
        Keep(lanes, vectors.unsqueeze(1));
        var first = new HiddenRows(Text(batch), model.EmbedImage(Packed(batch.Sample.to(Weights.Type))).flatten(0, 1));
        var last = model.RunBlocks(layout, condition, first, (_, rows) => Keep(lanes, rows.Split(layout).Image.unflatten(0, [batch.Lanes, -1])));
        return Pixels(model.Last(layout.Image, condition, last.Split(layout).Image).unflatten(0, [batch.Lanes, -1]), batch.Sample.shape[2]).to(ScalarType.Float32);
    }

    private static void Keep(IReadOnlyList<RecordedLayers>? lanes, Tensor rows)
    {
        if (lanes is not null)
        {
            RecordedLayers.AddRows(lanes, rows);
        }
    }

    private static Tensor At(Tensor rotary, int[] tokens) =>
        rotary.index_select(0, tensor(Array.ConvertAll(tokens, static token => (long)token), device: rotary.device));

    private (Tensor Text, Tensor Image) Rotary(DenoiserBatch batch)
    {
        var (size, device) = (batch.Sample.shape, batch.Sample.device);
        return (
            RotaryTable.Of(zeros(batch.Conditions[0].Text!.shape[1], 3, device: device), model.Config.RotaryAxes),
            RotaryTable.Of(FluxPacking.Positions(size[2], size[3], device), model.Config.RotaryAxes));
    }

    private Tensor Text(DenoiserBatch batch) => model.EmbedText(batch.Joined(static condition => condition.Text, Weights.Type)).flatten(0, 1);

    // What each lane's time, guidance and prompt come to, [B, H]. A template's is kept with it: its keys and values are made under it.
    private Tensor Vectors(DenoiserBatch batch) => model.Embedding.Apply(
        Numbers(batch, batch.Timesteps.Select(static timestep => timestep / TrainingSteps)),
        model.Config.GuidanceEmbeds ? Numbers(batch, batch.Conditions.Select(static condition => condition.Guidance)) : null,
        batch.Joined(static condition => condition.Pooled, Weights.Type));

    private static Tensor Numbers(DenoiserBatch batch, IEnumerable<double> values) =>
        tensor(values.Select(static value => (float)value).ToArray(), device: batch.Sample.device);
}
