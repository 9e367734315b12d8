using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Runs a template's own inference once and keeps what edits reuse.</summary>
/// <param name="model">The model.</param>
/// <param name="memory">Where the rows of a step go: host memory of so many bytes; <c>null</c>: <see cref="HostMemory.Pageable"/>.</param>
public sealed class TemplateRecorder(FluxModel model, Func<long, HostMemory>? memory = null)
{
    /// <summary>Records a template.</summary>
    /// <param name="template">The template; its image must have the model's size.</param>
    /// <param name="steps">Denoising steps, at least 1; edits must take as many.</param>
    /// <param name="progress">Told the number of steps done, or <c>null</c>.</param>
    /// <param name="cancel">Stops between two steps; nothing is kept then.</param>
    /// <remarks>The latents of step k are (1 - sigma) * image + sigma * noise, or the image itself for a model with <see cref="FluxConfig.CleanContext"/>: the plain model runs once on each.</remarks>
    /// <exception cref="ArgumentException">The image's size is not the model's.</exception>
    public TemplateRecording Record(EditTemplate template, int steps, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        using var mode = inference_mode();
        var sigmas = FlowMatchEuler.Sigmas(steps, model.Config.Shift);
        var constants = TemplateConstants.Create(model, template, sigmas);
        List<HostMemory> rows = [];
        List<Tensor> residuals = [];
        try
        {
            for (var step = 0; step < steps; step++)
            {
                cancel.ThrowIfCancellationRequested();
                rows.Add((memory ?? HostMemory.Pageable)(model.Rows.StepBytes));
                residuals.Add(RecordStep(constants, rows[^1], step, sigmas[step]));
                progress?.Report(step + 1);
            }

            return new TemplateRecording(model, template, new TemplateTensors(constants, sigmas, [.. residuals]), [.. rows]);
        }
        catch
        {
            constants.Dispose();
            rows.ForEach(static step => step.Dispose());
            residuals.ForEach(static tensor => tensor.Dispose());
            throw;
        }
    }

    // Copies wait for the device: the rows are there when it returns.
    private Tensor RecordStep(TemplateConstants constants, HostMemory rows, int step, double sigma)
    {
        using var scope = NewDisposeScope();
        var config = model.Config;
        var layout = new PassLayout(0, model.TextRotary, [model.ImageRotary], []);
        var condition = FluxTransformer2DModel.Condition(constants.TimeVectors.narrow(0, step, 1).add(constants.PooledVector));
        var latents = TemplateConstants.Noised(constants.Image, constants.Noise, config.ContextLevel(sigma));
        var first = new HiddenRows(constants.Text.alias(), model.EmbedLatents(latents));
        var last = model.Transformer.RunBlocks(layout, condition, first, (block, input) => Store(rows, layout, condition, block, input));
        var velocity = model.Transformer.Last(layout.Image, condition, last.Split(layout).Image);
        return constants.Noise.sub(constants.Image).sub_(velocity).DetachFromDisposeScope();
    }

    private void Store(HostMemory memory, PassLayout layout, Tensor condition, int block, HiddenRows input)
    {
        using var scope = NewDisposeScope();
        var set = model.Rows[block];
        set.Format.Store(
            set.Format.Cache.Variant == CacheVariant.KeysValues
                ? ReusedRows.Joined(model.Transformer.Blocks[block].KeysValues(layout, condition, input, model.ImageRotary))
                : input.Joined(layout),
            memory.Address + (nint)set.Offset);
    }
}
