using SimServe.Policies;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>The operations that FlashPS's artifact counts for a step, on which its published regressions rest.</summary>
/// <remarks>
/// Source: FlashPS (EuroSys '26) artifact, <c>scheduler/schedule_methods.py</c>. It counts the attention's output projection two to three times and leaves out modulations, so
/// it differs by about a tenth from <see cref="ModelShape"/>, which counts what is computed. Published coefficients belong to its numbers.
/// </remarks>
internal static class FlashPSCounter
{
    private const double Giga = 1e9;

    // OOTDiffusion: tokens and channels of the 13 self-attentions that are listed, person and garment side by side, and how many of each.
    private static readonly (long Tokens, long Width, int Count)[] OotdLevels = [(24_576, 320, 4), (6_144, 640, 4), (1_536, 1_280, 4), (384, 1_280, 1)];

    // Cross-attention and feed-forward network run on the person's tokens only; 3,077 for 3,072 is theirs.
    private static readonly long[] OotdOwnTokens = [12_288, 3_077, 768, 192];

    /// <summary>Operations of one block of FLUX.1 in GFLOP.</summary>
    /// <param name="kind">Double or single stream.</param>
    /// <param name="width">Channels, h.</param>
    /// <param name="members">Requests.</param>
    /// <param name="rows">Computed rows of all of them, text included, r.</param>
    /// <param name="tokens">Tokens of one request, text included, L.</param>
    public static double FluxBlock(BlockKind kind, double width, double members, double rows, double tokens)
    {
        var attention = (4 * rows * tokens * width) + (6 * rows * width * width) + (4 * members * tokens * width * width);
        return (attention + ((kind == BlockKind.DoubleStream ? 16 : 18) * rows * width * width)) / Giga;
    }

    /// <summary>Operations of one step of FLUX.1 for one request in GFLOP.</summary>
    /// <param name="model">FLUX.1.</param>
    /// <param name="maskRatio">From 0 to 1.</param>
    public static double FluxStep(ModelShape model, double maskRatio) =>
        model.Blocks.Sum(block => FluxBlock(block.Kind, block.Width, 1, (maskRatio * block.ImageTokens) + block.TextTokens, block.Tokens));

    /// <summary>Operations of one step of OOTDiffusion for one request in GFLOP.</summary>
    /// <param name="maskRatio">From 0 to 1, of person and garment together.</param>
    public static double OotdStep(double maskRatio)
    {
        var sum = 0.0;
        for (var i = 0; i < OotdLevels.Length; i++)
        {
            var (tokens, width, count) = OotdLevels[i];
            sum += count * (SelfAttention(maskRatio * tokens, tokens, width) + CrossAttention(OotdOwnTokens[i], width) + (8.0 * OotdOwnTokens[i] * width * width));
        }

        return sum / Giga;
    }

    /// <summary>The same where only the masked region is computed, with nothing around it: all lengths shrink.</summary>
    /// <param name="maskRatio">From 0 to 1.</param>
    public static double OotdCrop(double maskRatio)
    {
        var sum = 0.0;
        for (var i = 0; i < OotdLevels.Length; i++)
        {
            var (tokens, width, count) = OotdLevels[i];
            var own = maskRatio * OotdOwnTokens[i];
            sum += count * (SelfAttention(maskRatio * tokens, maskRatio * tokens, width) + CrossAttention(own, width) + (8.0 * own * width * width));
        }

        return sum / Giga;
    }

    private static double SelfAttention(double rows, double tokens, double width) =>
        (4 * rows * tokens * width) + (6 * rows * width * width) + (4 * tokens * width * width);

    // Two text tokens of 768 channels.
    private static double CrossAttention(double tokens, double width)
    {
        const double TextTokens = 2;
        const double TextWidth = 768;
        return (4 * tokens * width * width) + (4 * TextTokens * TextWidth * width) + (2 * tokens * TextWidth * TextWidth) + (2 * tokens * width * TextWidth) + (2 * tokens * TextTokens * width);
    }
}
