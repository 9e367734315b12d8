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
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recording);
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var tokens = request.Mask.Tokens(masked: true);
        var latents = InitialNoise.Draw(model, request.Seed, tokens);
        var prompt = model.Prompts.Encode(request.Prompt);
        for (var step = 0; step < recording.Steps; step++)
        {
            var velocity = model.Velocity(latents, recording.Sigmas[step], prompt, tokens);
            latents.add_(velocity, recording.Sigmas[step + 1] - recording.Sigmas[step]);
        }

        using var image = model.Latents.Encode(recording.Template.Image);
        return model.Latents.Composite((recording.Template.Image, image), request.Mask, latents);
    }
}
