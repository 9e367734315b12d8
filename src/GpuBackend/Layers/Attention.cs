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
        Joined(Of(Split(query, heads), Split(key, heads), Split(value, heads), mask));

    /// <summary>Attention of split heads.</summary>
    /// <param name="query">[B, heads, Q, d].</param>
    /// <param name="key">[B, heads, K, d].</param>
    /// <param name="value">[B, heads, K, d].</param>
    /// <param name="mask">Added to the scores, broadcast against [B, heads, Q, K], or <c>null</c>.</param>
    /// <returns>[B, heads, Q, d]; scores are scaled by 1 / sqrt(d).</returns>
    /// <remarks>
    /// Backwards in bfloat16 on a processor libtorch's fused kernel takes 5 times as long as its parts one by one: 29 against 5 ms for 64 sequences of 92 tokens in 4 heads of 32
    /// channels on two cores, libtorch 2.10. The parts keep all scores, which sequences of trainings are short enough for.
    /// </remarks>
    public static Tensor Of(Tensor query, Tensor key, Tensor value, Tensor? mask = null)
    {
        OperationMeter.Attention(query, key);
        if (query.dtype != ScalarType.BFloat16 || query.device_type != TorchSharp.DeviceType.CPU || !query.requires_grad)
        {
            return nn.functional.scaled_dot_product_attention(query, key, value, mask);
        }

        var scores = query.mul(1 / Math.Sqrt(query.shape[^1])).matmul(key.transpose(2, 3));
        return (mask is null ? scores : scores.add(mask)).softmax(-1).matmul(value);
    }

    /// <summary>[B, T, heads * d] to [B, heads, T, d], without a copy.</summary>
    public static Tensor Split(Tensor rows, int heads) => rows.unflatten(2, [heads, -1]).transpose(1, 2);

    /// <summary>[B, heads, T, d] to [B, T, heads * d].</summary>
    public static Tensor Joined(Tensor split) => split.transpose(1, 2).flatten(2);
}
