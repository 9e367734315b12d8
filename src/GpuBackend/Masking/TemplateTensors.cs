using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What edits take of a template besides the rows of its blocks, on one device.</summary>
/// <param name="Constants">What its steps have in common.</param>
/// <param name="Residuals">Its residual at each step, [L, C], float32.</param>
internal sealed record TemplateTensors(TemplateConstants Constants, Tensor[] Residuals) : IDisposable
{
    /// <summary>A copy on another device.</summary>
    public TemplateTensors To(Device device)
    {
        using var mode = inference_mode();
        var copy = new TemplateTensors(Constants.To(device), [.. Residuals.Select(residual => residual.to(device).DetachFromDisposeScope())]);
        FluxModel.Settle(device);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Constants.Dispose();
        Array.ForEach(Residuals, static residual => residual.Dispose());
    }
}
