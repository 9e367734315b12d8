using System.Collections.Concurrent;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>The weights of one convolution as oneDNN packs them.</summary>
/// <remarks>
/// oneDNN chooses its kernel, and with it the layout, by the size of the input; weights packed for another size are brought into another layout in every pass, which takes longer than not to pack them. So
/// there is a copy for each size, of the first few sizes only: none is ever freed while the model may run. Other sizes are computed as they would be without.
/// </remarks>
/// <param name="weight">[outputs, inputs, kernel, kernel].</param>
/// <param name="stride">Pixels from one output to the next.</param>
/// <param name="padding">Zeros added on each side.</param>
internal sealed class PackedConvolution(Weight weight, int stride, int padding) : IDisposable
{
    /// <summary>Sizes of input that there are copies for: with and without guidance, say.</summary>
    public const int MostSizes = 2;

    private readonly ConcurrentDictionary<(long Batch, long Rows, long Columns), DerivedWeight> _packs = new();
    private readonly Lock _adding = new();

    /// <summary>The weights for an input.</summary>
    /// <param name="input">[B, inputs, H, W].</param>
    /// <returns>A tensor that only oneDNN can read, or <c>null</c> where there is none for this input.</returns>
    public Tensor? For(Tensor input)
    {
        if (!OneDnn.Computes(input))
        {
            return null;
        }

        var shape = input.shape;
        var size = (shape[0], shape[2], shape[3]);
        return _packs.TryGetValue(size, out var pack) || TryAdd(size, shape, out pack) ? pack.Value : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pack in _packs.Values)
        {
            pack.Dispose();
        }
    }

    private bool TryAdd((long, long, long) size, long[] shape, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DerivedWeight? pack)
    {
        if (_packs.Count >= MostSizes)
        {
            pack = null;
            return false;
        }

        lock (_adding)
        {
            if (!_packs.TryGetValue(size, out pack) && _packs.Count < MostSizes)
            {
                _packs[size] = pack = new DerivedWeight(values => OneDnn.Pack(values[0], stride, padding, shape), weight);
            }

            return pack is not null;
        }
    }
}
