using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>The weights of one linear layer.</summary>
/// <param name="Weight">[outputs, inputs].</param>
/// <param name="Bias">[outputs].</param>
internal sealed record Linear(Tensor Weight, Tensor Bias)
{
    /// <summary>Rows times weights.</summary>
    /// <param name="rows">[R, inputs].</param>
    /// <returns>[R, outputs].</returns>
    public Tensor Apply(Tensor rows) => nn.functional.linear(rows, Weight, Bias);
}
