using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Runs a template's own inference once and keeps what edits reuse.</summary>
/// <param name="model">The model.</param>
/// <param name="prompts">Encoder of prompts.</param>
public sealed class TemplateRecorder(FluxModel model, HashedPromptEncoder prompts)
{
    /// <summary>Records a template.</summary>
    /// <param name="template">The template; its image must have the model's size.</param>
    /// <param name="steps">Denoising steps, at least 1; edits must take as many.</param>
    /// <param name="progress">Told the number of steps done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    /// <remarks>The latents of step k are (1 - sigma) * image + sigma * noise: the plain model runs once on each.</remarks>
    /// <exception cref="ArgumentException">The image's size is not the model's.</exception>
    public TemplateRecording Record(EditTemplate template, int steps, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        using var mode = inference_mode();
        var sigmas = FlowMatchEuler.Sigmas(steps);
        var constants = TemplateConstants.Create(model, template, prompts.Encode(template.Prompt), sigmas);
        List<Tensor> rows = [];
        List<Tensor> residuals = [];
        try
        {
            for (var step = 0; step < steps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                var (inputs, residual) = RecordStep(constants, step, sigmas[step]);
                rows.Add(inputs);
                residuals.Add(residual);
                progress?.Report(step + 1);
            }

            return new TemplateRecording(model, template, sigmas, constants, [.. rows], [.. residuals]);
        }
        catch
        {
            constants.Dispose();
            rows.ForEach(static tensor => tensor.Dispose());
            residuals.ForEach(static tensor => tensor.Dispose());
            throw;
        }
    }

    private (Tensor Inputs, Tensor Residual) RecordStep(TemplateConstants constants, int step, double sigma)
    {
        using var scope = NewDisposeScope();
        var config = model.Config;
        var inputs = empty([config.Transformer.Blocks, config.SequenceTokens, config.Transformer.Width], dtype: ScalarType.Float32);
        var layout = new PassLayout(0, model.TextRotary, [model.ImageRotary], []);
        var condition = FluxTransformer2DModel.Condition(constants.TimeVectors.narrow(0, step, 1).add(constants.PooledVector));
        var latents = TemplateConstants.Noised(constants.Image, constants.Noise, sigma);
        var first = new HiddenRows(constants.Text.alias(), model.Transformer.EmbedImage(latents));
        var last = model.Transformer.RunBlocks(layout, condition, first, (block, rows) => inputs.select(0, block).copy_(rows.Joined(layout)));
        var velocity = model.Transformer.Last(layout.Image, condition, last.Split(layout).Image);
        var residual = constants.Noise.sub(constants.Image).sub_(velocity);
        return (inputs.DetachFromDisposeScope(), residual.DetachFromDisposeScope());
    }
}
