using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What text encoders make of the prompts.</summary>
/// <param name="Text">One vector for each token, [B, T, D].</param>
/// <param name="Pooled">One vector for each prompt, [B, P], or <c>null</c> where the model takes none.</param>
internal sealed record TextCondition(Tensor Text, Tensor? Pooled)
{
    /// <summary>This condition's rows after another's: both branches of guidance in one batch.</summary>
    public TextCondition After(TextCondition first) =>
        new(cat([first.Text, Text]), Pooled is null ? null : cat([first.Pooled!, Pooled]));
}
