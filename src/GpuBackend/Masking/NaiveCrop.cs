using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Edits a picture by its masked tokens alone: same noise, positions and steps, and nothing is known of what lies around.</summary>
/// <remarks>The strawman that reuse of activations is compared with: as little work, and no context. Source of the comparison: FlashPS (EuroSys '26), figure 1.</remarks>
public static class NaiveCrop
{
    /// <summary>Makes the edit.</summary>
    /// <param name="model">The model that recorded the template.</param>
    /// <param name="recording">The template's recording; its noise levels and picture are used.</param>
    /// <param name="request">The request; its mask, prompt and seed are used.</param>
    /// <returns>The picture, with every pixel outside the mask the template's.</returns>
    public static RgbImage Of(FluxModel model, TemplateRecording recording, Request request)
    {
        ArgumentNullException.ThrowIfNull(recording);
        return Of(model, recording.Template, recording.Steps, request);
    }

    /// <summary>Makes the edit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="template">The template, whose picture is used.</param>
    /// <param name="steps">Denoising steps, at least 1.</param>
    /// <param name="request">The request; its mask, prompt and seed are used.</param>
    /// <param name="adapters">Adapters whose text encoders encode the prompt, or <c>null</c>.</param>
    /// <returns>The picture, with every pixel outside the mask the template's.</returns>
    public static RgbImage Of(FluxModel model, EditTemplate template, int steps, Request request, PreparedAdapters? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(template);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var tokens = request.Mask.EditedTokens();
        var latents = InitialNoise.Draw(model, request.Seed, tokens);
        var prompt = model.EncodePrompt(request.Prompt, adapters);
        var sigmas = FlowMatchEuler.Sigmas(steps, model.Config.Shift);
        for (var step = 0; step < steps; step++)
        {
            var velocity = model.Velocity(latents, sigmas[step], prompt, tokens);
            latents.add_(velocity, sigmas[step + 1] - sigmas[step]);
        }

        using var image = model.Latents.Encode(template.Image);
        return model.Latents.Composite((template.Image, image), request.Mask, latents);
    }
}
