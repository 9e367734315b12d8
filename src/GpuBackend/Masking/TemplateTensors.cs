using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What edits take of a template besides the rows of its blocks, on one device.</summary>
/// <param name="Constants">What its steps have in common.</param>
/// <param name="Residuals">Its residual at each step, [L, C], float32.</param>
internal sealed record TemplateTensors(TemplateConstants Constants, Tensor[] Residuals) : IDisposable
{
    /// <summary>All of them by name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named() =>
    [
        ("image", Constants.Image), ("noise", Constants.Noise), ("embedded_image", Constants.EmbeddedImage), ("embedded_noise", Constants.EmbeddedNoise),
        ("text", Constants.Text), ("pooled_vector", Constants.PooledVector), ("time_vectors", Constants.TimeVectors),
        .. Residuals.Select(static (residual, step) => (ResidualOf(step), residual)),
    ];

    /// <summary>Those that somebody reads by name; of a failure halfway nothing is left.</summary>
    /// <param name="steps">Steps of the recording.</param>
    /// <param name="read">Gives a tensor by its name in <see cref="Named"/>.</param>
    public static TemplateTensors Of(int steps, Func<string, Tensor> read)
    {
        List<Tensor> done = [];
        Tensor Next(string name)
        {
            done.Add(read(name));
            return done[^1];
        }

        try
        {
            var constants = new TemplateConstants
            {
                Image = Next("image"),
                Noise = Next("noise"),
                EmbeddedImage = Next("embedded_image"),
                EmbeddedNoise = Next("embedded_noise"),
                Text = Next("text"),
                PooledVector = Next("pooled_vector"),
                TimeVectors = Next("time_vectors"),
            };
            return new TemplateTensors(constants, [.. Enumerable.Range(0, steps).Select(step => Next(ResidualOf(step)))]);
        }
        catch
        {
            done.ForEach(static tensor => tensor.Dispose());
            throw;
        }
    }

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

    private static string ResidualOf(int step) => $"residual.{step}";
}
