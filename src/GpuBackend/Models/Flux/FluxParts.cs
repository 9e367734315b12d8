using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.TextEncoders;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>What a trained Flux model has beside its transformer, as its folder says: equal where folder and files are the same.</summary>
public sealed record FluxParts
{
    /// <summary>Full path of the folder, in diffusers' layout.</summary>
    public required string Folder { get; init; }

    /// <summary>Names, lengths and times of the folder's files: other files, other weights.</summary>
    public required string Files { get; init; }

    /// <summary>The autoencoder's sizes.</summary>
    public required AutoencoderConfig Autoencoder { get; init; }

    /// <summary>Sizes of the text encoder whose pooled output conditions.</summary>
    public required ClipTextConfig Clip { get; init; }

    /// <summary>Sizes of the text encoder whose states are the text tokens.</summary>
    public required T5EncoderConfig T5 { get; init; }

    /// <summary>Channels of a token's latent: a square of latents of the autoencoder.</summary>
    /// <param name="grid">The model's grid.</param>
    public int ChannelsOf(Policies.TokenGrid grid)
    {
        var side = grid.PatchPixels / Autoencoder.Downscale;
        return Autoencoder.LatentChannels * side * side;
    }

    /// <summary>Whether another folder is the same.</summary>
    /// <param name="other">The other, or <c>null</c>.</param>
    public bool Equals(FluxParts? other) => other is not null && (Folder, Files) == (other.Folder, other.Files);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Folder, Files);
}
