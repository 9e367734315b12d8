using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Counts the operations that layers run on one thread, by the sizes of what they really multiply.</summary>
/// <remarks>Two operations for each multiply-add, as in <c>ModelShape</c>; norms and other element-wise work are left out. Without a meter a layer looks at one field and goes on.</remarks>
internal sealed class OperationMeter : IDisposable
{
    [ThreadStatic]
    private static OperationMeter? _current;

    private OperationMeter()
    {
    }

    /// <summary>Of linear layers.</summary>
    public long LinearFlops { get; private set; }

    /// <summary>Of scores and of sums over values.</summary>
    public long AttentionFlops { get; private set; }

    /// <summary>Of convolutions.</summary>
    public long ConvolutionFlops { get; private set; }

    /// <summary>Calls of all three: products and convolutions that are given to the device one by one.</summary>
    public long Calls { get; private set; }

    /// <summary>All of them.</summary>
    public long Flops => LinearFlops + AttentionFlops + ConvolutionFlops;

    /// <summary>Counts on this thread until it is disposed.</summary>
    public static OperationMeter Begin() => _current = _current is null
        ? new OperationMeter()
        : throw new InvalidOperationException("This thread's operations are counted already.");

    /// <summary>Hears of a linear layer.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <param name="outputs">Channels out.</param>
    public static void Linear(Tensor input, long outputs)
    {
        if (_current is { } meter)
        {
            meter.Calls++;
            meter.LinearFlops += 2 * input.numel() * outputs;
        }
    }

    /// <summary>Hears of an attention.</summary>
    /// <param name="query">[B, heads, Q, d].</param>
    /// <param name="key">[B, heads, K, d].</param>
    public static void Attention(Tensor query, Tensor key)
    {
        if (_current is { } meter)
        {
            meter.Calls++;
            meter.AttentionFlops += 4 * query.numel() * key.shape[2];
        }
    }

    /// <summary>Hears of a convolution.</summary>
    /// <param name="weight">[outputs, inputs, kernel, kernel].</param>
    /// <param name="output">[B, outputs, H, W].</param>
    public static void Convolution(Tensor weight, Tensor output)
    {
        if (_current is { } meter)
        {
            meter.Calls++;
            meter.ConvolutionFlops += 2 * (weight.numel() / weight.shape[0]) * output.numel();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _current = null;
}
