using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The LoRAs of one worker's model.</summary>
/// <remarks>
/// A request with LoRAs goes through three hands. <see cref="Load"/>, on any thread, does the heavy part. <see cref="ServedModel.Begin"/> is given what it returned, encodes the prompt with the text
/// encoders' part and forgets it: a LoRA that changes text encoders (<see cref="ChangesText"/>) must be loaded for them before the edit begins. <see cref="Use"/> swaps the denoiser's part in, between two steps and as
/// late as its bound allows, and out again. Source: Katz (USENIX ATC '25), section 6, bounded asynchronous loading; there two LoRAs are summed factor by factor and text encoders are patched after the
/// prompt was encoded, here each LoRA's full product counts and prompts are encoded with it.
/// </remarks>
/// <param name="model">The worker's own model: a <see cref="ServedModel.Twin"/>, where workers share weights. Not owned.</param>
/// <param name="library">The LoRAs, shared by all workers. Not owned.</param>
public sealed class ServedLoras(ServedModel model, LoraLibrary library)
{
    /// <summary>Whether the denoiser's weights are changed now.</summary>
    public bool InUse { get; private set; }

    /// <summary>Whether any of some LoRAs changes a text encoder. Reads the headers of files that were never opened.</summary>
    /// <param name="loras">Numbers of LoRAs.</param>
    public bool ChangesText(IReadOnlyList<int> loras)
    {
        ArgumentNullException.ThrowIfNull(loras);
        return loras.Any(lora => library.Changes(lora, ModelPart.TextEncoder) || library.Changes(lora, ModelPart.TextEncoder2));
    }

    /// <summary>Loads LoRAs for this model; see <see cref="LoraLibrary.Load"/>. On any thread, while the model runs.</summary>
    /// <param name="loras">Numbers of LoRAs, each once.</param>
    /// <param name="parts">The models of the pipeline to load for; none: all.</param>
    /// <returns>The caller's; every twin of the model can use it, again and again.</returns>
    public PreparedAdapters Load(IReadOnlyList<int> loras, params ReadOnlySpan<ModelPart> parts) => library.Load(model.Adapters, loras, parts);

    /// <summary>Loads a LoRA for this model that nobody has asked for; see <see cref="LoraLibrary.LoadAhead"/>.</summary>
    internal PreparedAdapters LoadAhead(int lora, LoraAhead ahead, params ReadOnlySpan<ModelPart> parts) => library.LoadAhead(model.Adapters, lora, ahead, parts);

    /// <summary>Puts the denoiser's part in the place of what was used before: a swap of pointers, between two steps, by the thread that runs the model.</summary>
    /// <param name="adapters">What <see cref="Load"/> gave this model or a twin; <c>null</c>: the plain weights, bit for bit.</param>
    /// <exception cref="ArgumentException">They were prepared for other weights; nothing is changed.</exception>
    public void Use(PreparedAdapters? adapters)
    {
        model.Adapters.Use(ModelPart.Denoiser, adapters);
        InUse = adapters?.Changes(ModelPart.Denoiser) ?? false;
    }
}
