using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What edits take of a Flux model's template besides the rows of its blocks.</summary>
/// <param name="constants">What its steps have in common.</param>
/// <param name="sigmas">Noise levels, one more than steps, from 1 down to 0.</param>
/// <param name="residuals">Its residual at each step, [L, C], float32.</param>
internal sealed class TemplateTensors(TemplateConstants constants, double[] sigmas, Tensor[] residuals) : RecordedTensors
{
    /// <summary>What its steps have in common.</summary>
    public TemplateConstants Constants => constants;

    /// <summary>Noise levels, one more than steps, from 1 down to 0.</summary>
    public IReadOnlyList<double> Sigmas => sigmas;

    /// <summary>Its residual at each step, [L, C], float32.</summary>
    public IReadOnlyList<Tensor> Residuals => residuals;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Tensor)> Named() =>
    [
        ("image", Constants.Image), ("noise", Constants.Noise), ("embedded_image", Constants.EmbeddedImage), ("embedded_noise", Constants.EmbeddedNoise),
        ("text", Constants.Text), ("pooled_vector", Constants.PooledVector), ("time_vectors", Constants.TimeVectors),
        .. residuals.Select(static (residual, step) => (ResidualOf(step), residual)),
    ];

    /// <summary>Those that somebody reads by name.</summary>
    /// <param name="sigmas">Noise levels of the recording.</param>
    /// <param name="read">Gives a tensor by its name in <see cref="Named"/>.</param>
    public static TemplateTensors Of(double[] sigmas, Func<string, Tensor> read) => All(read, next => new TemplateTensors(
        new TemplateConstants
        {
            Image = next("image"),
            Noise = next("noise"),
            EmbeddedImage = next("embedded_image"),
            EmbeddedNoise = next("embedded_noise"),
            Text = next("text"),
            PooledVector = next("pooled_vector"),
            TimeVectors = next("time_vectors"),
        },
        sigmas,
        [.. Enumerable.Range(0, sigmas.Length - 1).Select(step => next(ResidualOf(step)))]));

    /// <inheritdoc/>
    public override TemplateTensors To(Device device)
    {
        using var mode = inference_mode();
        var copy = new TemplateTensors(Constants.To(device), sigmas, [.. residuals.Select(residual => residual.to(device).DetachFromDisposeScope())]);
        FluxModel.Settle(device);
        return copy;
    }

    private static string ResidualOf(int step) => $"residual.{step}";
}
