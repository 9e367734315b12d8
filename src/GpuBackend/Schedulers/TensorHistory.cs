using static TorchSharp.torch;

namespace SimServe.GpuBackend.Schedulers;

/// <summary>The latest few tensors of a run, kept alive across dispose scopes.</summary>
internal sealed class TensorHistory(int capacity) : IDisposable
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>How many there are.</summary>
    public int Count => _tensors.Count;

    /// <summary>A tensor by age; 0 is the latest.</summary>
    public Tensor this[int age] => _tensors[age];

    /// <summary>Takes over a tensor and lets the oldest go when there are too many.</summary>
    /// <param name="tensor">Nobody else may change or dispose of it.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Push(Tensor tensor)
    {
        _tensors.Insert(0, tensor.DetachFromDisposeScope());
        if (_tensors.Count > capacity)
        {
            _tensors[capacity].Dispose();
            _tensors.RemoveAt(capacity);
        }

        return tensor;
    }

    /// <summary>Lets all tensors go.</summary>
    public void Clear()
    {
        _tensors.ForEach(static tensor => tensor.Dispose());
        _tensors.Clear();
    }

    public void Dispose() => Clear();
}
