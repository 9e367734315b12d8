using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Models.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What templates and requests ask of a served U-Net: noise of their seeds, and their prompts as conditions.</summary>
/// <remarks>Noise is drawn token by token, so that an edit draws that of its edited tokens only. Any thread may ask.</remarks>
/// <param name="config">The model.</param>
/// <param name="text">Its text encoders; not owned.</param>
/// <param name="codec">Its autoencoder; not owned.</param>
/// <param name="device">Where it computes.</param>
internal sealed class StableDiffusionRequests(StableDiffusionConfig config, ITextConditioner text, LatentCodec codec, Device device)
{
    /// <summary>Shape of an image's latents, [1, C, h, w].</summary>
    public long[] LatentShape { get; } = [1, codec.Channels, config.Grid.Rows, config.Grid.Columns];

    /// <summary>A template, in the current scope.</summary>
    public LatentTemplate Of(EditTemplate template) => new()
    {
        Image = Encoded(template),
        Noise = NoiseOf(template.Seed, [.. Enumerable.Range(0, config.Grid.Count)]),
        Branches = BranchesOf(template.Prompt, null),
        Guidance = config.Guidance,
        // Where the template's own steps would lead is not asked: its latents are the noised picture's.
        StepNoise = () => zeros(LatentShape, device: device),
    };

    /// <summary>An edit; <see cref="Free"/> it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="fromStep">The step it is about to take.</param>
    /// <param name="adapters">Adapters whose text encoders encode the prompt, or <c>null</c>.</param>
    public LatentEditRequest Of(Request request, int fromStep, PreparedAdapters? adapters = null)
    {
        using var scope = NewDisposeScope();
        var (step, edited) = (fromStep, request.Mask.EditedTokens());
        return new LatentEditRequest
        {
            Mask = request.Mask,
            Branches = [.. BranchesOf(request.Prompt, adapters).Select(static branch => branch.Map(static part => part.DetachFromDisposeScope()))],
            Guidance = config.Guidance,
            Noise = NoiseOf(request.Seed, edited).DetachFromDisposeScope(),
            StepNoise = () => NoiseOf(request.Seed, edited, $"step-noise:{step++}"),
        };
    }

    /// <summary>Frees an edit's tensors.</summary>
    public static void Free(LatentEditRequest request)
    {
        request.Noise.Dispose();
        foreach (var branch in request.Branches)
        {
            branch.Map(static part =>
            {
                part.Dispose();
                return part;
            });
        }
    }

    /// <summary>A template's picture as latents, in the current scope.</summary>
    public Tensor Encoded(EditTemplate template) => codec.Encode(template.Image).to(device);

    /// <summary>Unit normal noise of the given tokens, zero elsewhere, [1, C, h, w], in the current scope.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="tokens">Latent pixels.</param>
    /// <param name="stream">What it is for.</param>
    public Tensor NoiseOf(long seed, int[] tokens, string stream = InitialNoise.Stream)
    {
        using var scope = NewDisposeScope();
        var (grid, channels) = (config.Grid, codec.Channels);
        var noise = tensor(InitialNoise.Draw(seed, tokens, channels, stream), tokens.Length, channels);
        var all = zeros(grid.Count, channels).index_copy_(0, tensor(Array.ConvertAll(tokens, static token => (long)token)), noise);
        return all.reshape(grid.Rows, grid.Columns, channels).permute(2, 0, 1).unsqueeze(0).contiguous().to(device).MoveToOuterDisposeScope();
    }

    private DenoiserCondition[] BranchesOf(string prompt, PreparedAdapters? adapters)
    {
        using var adapted = AdaptedText.Of(text, adapters);
        using var none = new SeededNoise(0, 1);
        var request = new ImageRequest { Prompts = [prompt], Width = config.Grid.Width, Height = config.Grid.Height, Steps = 1, Guidance = config.Guidance, Noise = none };
        var condition = adapted.Text.Encode(request, guided: config.Branches == 2, observer: null);
        return StableDiffusionConditions.Branches(condition, 0, StableDiffusionConditions.Added(text, request, condition, device));
    }
}
