using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.DiT;

/// <summary>Cuts latents into tokens and puts tokens together again.</summary>
/// <param name="weights">Its place: <c>proj</c>.</param>
/// <param name="channels">Channels of the latents.</param>
/// <param name="width">Channels of a token.</param>
/// <param name="patch">Side of a token's square, in latent pixels.</param>
internal sealed class PatchEmbedding(WeightScope weights, long channels, long width, int patch)
{
    private static readonly long[] PatchOrder = [0, 5, 1, 3, 2, 4];

    private readonly Conv2d _projection = new(weights.Sub("proj"), channels, width, patch, stride: patch);

    /// <summary>Tokens of some latents.</summary>
    /// <param name="latents">[B, channels, H, W].</param>
    /// <returns>Rows and columns of tokens.</returns>
    /// <exception cref="ArgumentException">H or W is no multiple of the patch, or the channels differ.</exception>
    public (long Rows, long Columns) Grid(Tensor latents)
    {
        var sizes = latents.shape;
        if (sizes.Length != 4 || sizes[1] != channels || sizes[2] % patch != 0 || sizes[3] % patch != 0)
        {
            throw new ArgumentException(
                $"The latents are [{string.Join(", ", sizes)}] but must be [batch, {channels}, height, width] with height and width multiples of {patch}.", nameof(latents));
        }

        return (sizes[2] / patch, sizes[3] / patch);
    }

    /// <summary>Cuts and projects.</summary>
    /// <param name="latents">[B, channels, H, W].</param>
    /// <returns>[B, L, width], row by row.</returns>
    public Tensor Apply(Tensor latents) => _projection.Apply(latents).flatten(2).transpose(1, 2);

    /// <summary>Puts the model's output together.</summary>
    /// <param name="tokens">[B, L, patch * patch * C]: the pixels of a patch row by row, channels innermost.</param>
    /// <param name="rows">Rows of tokens.</param>
    /// <param name="columns">Columns of tokens.</param>
    /// <returns>[B, C, H, W].</returns>
    public Tensor Joined(Tensor tokens, long rows, long columns) => tokens
        .reshape(tokens.shape[0], rows, columns, patch, patch, -1)
        .permute(PatchOrder)
        .reshape(tokens.shape[0], -1, rows * patch, columns * patch);
}
