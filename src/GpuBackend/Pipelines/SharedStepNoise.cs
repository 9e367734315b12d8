using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>Gives every image of a request its part of a step's noise, which is drawn for all of them at once.</summary>
/// <param name="draw">Draws a step's noise, [B, C, h, w].</param>
/// <param name="images">Images, B.</param>
internal sealed class SharedStepNoise(Func<Tensor> draw, int images) : IDisposable
{
    private readonly List<Tensor> _drawn = [];
    private readonly int[] _taken = new int[images];

    /// <summary>The next noise of an image, [1, C, h, w].</summary>
    public Tensor Next(int image)
    {
        if (_taken[image] == _drawn.Count)
        {
            _drawn.Add(draw().DetachFromDisposeScope());
        }

        return _drawn[_taken[image]++].narrow(0, image, 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _drawn.ForEach(static tensor => tensor.Dispose());
}
