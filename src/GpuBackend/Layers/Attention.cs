using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Scaled dot-product attention with several heads.</summary>
internal static class Attention
{
    /// <summary>Attention over sequences whose channels hold all heads side by side.</summary>
    /// <param name="query">[B, Q, heads * d].</param>
    /// <param name="key">[B, K, heads * d].</param>
    /// <param name="value">[B, K, heads * d].</param>
    /// <param name="heads">Heads.</param>
    /// <param name="mask">Added to the scores, broadcast against [B, heads, Q, K], or <c>null</c>.</param>
    /// <returns>[B, Q, heads * d]; scores are scaled by 1 / sqrt(d).</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, int heads, Tensor? mask = null) =>
        Joined(nn.functional.scaled_dot_product_attention(Split(query, heads), Split(key, heads), Split(value, heads), mask));

    /// <summary>[B, T, heads * d] to [B, heads, T, d], without a copy.</summary>
    public static Tensor Split(Tensor rows, int heads) => rows.unflatten(2, [heads, -1]).transpose(1, 2);

    /// <summary>[B, heads, T, d] to [B, T, heads * d].</summary>
    public static Tensor Joined(Tensor split) => split.transpose(1, 2).flatten(2);
}
