using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A forward pass whose transformers compute masked tokens only; convolutions run in full, over maps whose unmasked tokens have what the template's transformers added.</summary>
/// <param name="lanes">Each lane's mask, and what it takes over.</param>
/// <param name="variant">What stands for unmasked tokens.</param>
/// <param name="modes">How much is computed.</param>
internal class MaskedPass(IReadOnlyList<LaneReuse> lanes, ReuseVariant variant, ReuseModes modes) : IUNetPass, ITokenRows, IDisposable
{
    private readonly Dictionary<(int, int), PackedTokens> _tokens = [];
    private int _transformer;
    private int _rows;

    /// <summary>Each lane's mask, and what it takes over.</summary>
    protected IReadOnlyList<LaneReuse> Lanes => lanes;

    public Tensor Transform(SpatialTransformer transformer, Tensor image, Tensor text)
    {
        var rows = ((variant == ReuseVariant.BlockInputs ? 1 : 2) * transformer.Blocks) + 1;
        if (modes.IsPlain(_transformer++))
        {
            _rows += rows;
            return transformer.Apply(image, text);
        }

        return transformer.ApplyMasked(image, text, Tokens((int)image.shape[2], (int)image.shape[3], image.device), this);
    }

    public (Tensor Key, Tensor Value) Keys(TransformerBlock block, PackedTokens tokens, Tensor masked)
    {
        if (variant == ReuseVariant.BlockInputs)
        {
            return block.KeysAndValues(tokens.Fill(masked, Unmasked(tokens)));
        }

        var (key, value) = block.KeysAndValues(masked);
        var keys = tokens.Fill(key, Unmasked(tokens));
        return (keys, tokens.Fill(value, Unmasked(tokens)));
    }

    public Tensor Output(PackedTokens tokens) => Unmasked(tokens);

    /// <summary>Frees what it keeps of masks; called once the pass is over.</summary>
    public virtual void Dispose()
    {
        foreach (var tokens in _tokens.Values)
        {
            tokens.Dispose();
        }
    }

    private PackedTokens Tokens(int rows, int columns, Device device)
    {
        if (!_tokens.TryGetValue((rows, columns), out var tokens))
        {
            _tokens.Add((rows, columns), tokens = new PackedTokens([.. lanes.Select(Level)], rows * columns, device));
        }

        return tokens;

        (int[], int[]) Level(LaneReuse lane)
        {
            var level = lane.Masks.At(rows, columns);
            return (level.Masked, level.Unmasked);
        }
    }

    // Unmasked rows of the next recorded rows, [sum of u, C].
    private Tensor Unmasked(PackedTokens tokens)
    {
        var next = _rows++;
        var recorded = lanes.Select(lane => lane.Layers.Rows[next]);
        return tokens.Unmask([.. recorded]);
    }
}
