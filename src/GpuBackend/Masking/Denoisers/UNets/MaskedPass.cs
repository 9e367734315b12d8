using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A forward pass whose transformers compute masked tokens only; convolutions run in full, over maps whose unmasked tokens have what the template's transformers added.</summary>
/// <remarks>
/// Of a transformer of k blocks the template's rows of blocks 1 to k - 1 are taken over (their input, or keys and values), and what it adds to the image. The first block sees unmasked tokens
/// as the convolutions left them.
/// </remarks>
/// <param name="masks">Each lane's mask.</param>
/// <param name="variant">What stands for unmasked tokens.</param>
/// <param name="modes">How much is computed.</param>
internal abstract class MaskedPass(IReadOnlyList<MaskPyramid> masks, ReuseVariant variant, ReuseModes modes) : IUNetPass, ITokenRows, IDisposable
{
    private readonly Dictionary<(int, int), PackedTokens> _tokens = [];
    private int _transformer;

    /// <summary>Each lane's mask.</summary>
    protected IReadOnlyList<MaskPyramid> Masks => masks;

    /// <summary>The block that comes next, as <see cref="UNetShape"/> numbers them.</summary>
    protected int Block { get; private set; }

    public Tensor Transform(SpatialTransformer transformer, Tensor image, TextTokens text)
    {
        if (modes.IsPlain(_transformer++))
        {
            Skip(((variant == ReuseVariant.BlockInputs ? 1 : 2) * (transformer.Blocks - 1)) + 1);
            return transformer.Apply(image, text, this);
        }

        return transformer.ApplyMasked(image, text, Tokens((int)image.shape[2], (int)image.shape[3], image.device), this);
    }

    public (Tensor Key, Tensor Value) Keys(TransformerBlock block, PackedTokens tokens, Tensor masked)
    {
        if (variant == ReuseVariant.BlockInputs)
        {
            return block.KeysAndValues(Filled(tokens, masked));
        }

        var keys = tokens.Fill(block.KeysAndValues(masked), UnmaskedKeys(tokens));
        RowsRead();
        return keys;
    }

    public Tensor Output(PackedTokens tokens, Tensor masked) => Filled(tokens, masked);

    public void Issued()
    {
        Issued(Block);
        Block++;
    }

    /// <summary>Frees what it keeps of masks; called once the pass is over.</summary>
    public virtual void Dispose()
    {
        foreach (var tokens in _tokens.Values)
        {
            tokens.Dispose();
        }
    }

    /// <summary>Unmasked rows of the next recorded rows of all lanes, [sum of u, C].</summary>
    /// <param name="tokens">Which tokens are masked; where all are, the rows are not looked at.</param>
    protected abstract Tensor Unmasked(PackedTokens tokens);

    /// <summary>Unmasked keys and values of the next block of all lanes, each [sum of u, C].</summary>
    protected virtual (Tensor Key, Tensor Value) UnmaskedKeys(PackedTokens tokens) => (Unmasked(tokens), Unmasked(tokens));

    /// <summary>Passes over recorded rows of a transformer that runs in full.</summary>
    /// <param name="rows">How many of those that <see cref="Unmasked"/> would give.</param>
    protected abstract void Skip(int rows);

    /// <summary>The rows that were given last are not read any more.</summary>
    protected virtual void RowsRead()
    {
    }

    /// <summary>A block has been issued.</summary>
    /// <param name="block">As <see cref="UNetShape"/> numbers them; each once, in order.</param>
    protected virtual void Issued(int block)
    {
    }

    private Tensor Filled(PackedTokens tokens, Tensor masked)
    {
        var all = tokens.Fill(masked, Unmasked(tokens));
        RowsRead();
        return all;
    }

    private PackedTokens Tokens(int rows, int columns, Device device)
    {
        if (!_tokens.TryGetValue((rows, columns), out var tokens))
        {
            _tokens.Add((rows, columns), tokens = new PackedTokens([.. masks.Select(Level)], rows * columns, device));
        }

        return tokens;

        (int[], int[]) Level(MaskPyramid mask)
        {
            var level = mask.At(rows, columns);
            return (level.Masked, level.Unmasked);
        }
    }
}
