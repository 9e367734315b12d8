using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>The weights that a training changes, of one model or several, side by side in one buffer.</summary>
/// <remarks>
/// A step of the optimizer is then ten operations on one tensor instead of ten for each of hundreds of weights, and a checkpoint is a handful of tensors.
/// While it lives, the models compute with views of the buffer; afterwards with what they were opened with.
/// </remarks>
public sealed class LearnedWeights : IDisposable
{
    private readonly (string Name, Weight Weight, long[] Shape)[] _parts;

    /// <summary>Takes over the weights of models.</summary>
    /// <param name="models">Stores of float32 weights, all on one device, each with what its weights' names begin with.</param>
    /// <exception cref="ArgumentException">There is nothing to learn, or weights are not float32.</exception>
    public LearnedWeights(params IReadOnlyList<(string Prefix, WeightStore Store)> models)
        : this([.. models.SelectMany(static model => model.Store.All.Values.Select(weight => (model.Prefix + weight.Name, weight)))])
    {
    }

    /// <summary>Takes over some weights.</summary>
    /// <param name="weights">Float32 weights on one device, by names that differ.</param>
    /// <exception cref="ArgumentException">There is nothing to learn, or weights are not float32.</exception>
    internal LearnedWeights(IReadOnlyList<(string Name, Weight Weight)> weights)
    {
        if (weights.Count == 0 || weights.Any(static item => item.Weight.Original.dtype != ScalarType.Float32))
        {
            throw new ArgumentException("A training needs float32 weights.", nameof(weights));
        }

        _parts = [.. weights.OrderBy(static item => item.Name, StringComparer.Ordinal).Select(static item => (item.Name, item.Weight, item.Weight.Original.shape))];
        using var mode = inference_mode(false);
        using var scope = NewDisposeScope();
        Values = cat([.. _parts.Select(static part => part.Weight.Original.reshape(-1))]).DetachFromDisposeScope();
        (Averages, Gradients) = (Values.clone().DetachFromDisposeScope(), zeros_like(Values).DetachFromDisposeScope());
        // Decay pulls matrices and kernels towards zero; norms and biases are left alone (Loshchilov and Hutter, 2019).
        Decayed = cat([.. _parts.Select(static part => full(part.Weight.Original.numel(), part.Shape.Length > 1 ? 1f : 0f, device: part.Weight.Original.device))])
            .DetachFromDisposeScope();
        foreach (var (part, values, gradients) in _parts.Zip(Views(Values), Views(Gradients)))
        {
            var leaf = values.detach().requires_grad_(true);
            leaf.grad = gradients;
            part.Weight.Patch(leaf);
        }
    }

    /// <summary>All values, [N].</summary>
    public Tensor Values { get; }

    /// <summary>Exponential averages of the values over the steps, [N]: what is kept of a training.</summary>
    public Tensor Averages { get; }

    /// <summary>Where a backward pass adds its gradients, [N].</summary>
    public Tensor Gradients { get; }

    /// <summary>1 for values that weight decay acts on, 0 for the others, [N].</summary>
    public Tensor Decayed { get; }

    /// <summary>Numbers that are learned, N.</summary>
    public long Count => Values.numel();

    /// <summary>Names and shapes in the buffer's order, to tell whether a checkpoint belongs to these models.</summary>
    public string Layout => string.Join(";", _parts.Select(static part => $"{part.Name}[{string.Join(",", part.Shape)}]"));

    /// <summary>Lets the models compute with the averages until the result is disposed of.</summary>
    public IDisposable Averaged() => new Swapped(Values, Averages);

    /// <summary>The averages by name.</summary>
    /// <param name="prefix">Only names that begin so, with it left out.</param>
    /// <returns>Views of the buffer, which the caller disposes.</returns>
    public IReadOnlyDictionary<string, Tensor> AveragesOf(string prefix = "") => _parts.Zip(Views(Averages))
        .Where(pair => pair.First.Name.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(pair => pair.First.Name[prefix.Length..], static pair => pair.Second, StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Weight.Restore();
        }

        Values.Dispose();
        Averages.Dispose();
        Gradients.Dispose();
        Decayed.Dispose();
    }

    private IEnumerable<Tensor> Views(Tensor flat)
    {
        var first = 0L;
        foreach (var part in _parts)
        {
            var count = part.Weight.Original.numel();
            yield return flat.narrow(0, first, count).view(part.Shape);
            first += count;
        }
    }

    private sealed class Swapped : IDisposable
    {
        private readonly Tensor _values;
        private readonly Tensor _kept;

        public Swapped(Tensor values, Tensor others)
        {
            using var mode = no_grad();
            (_values, _kept) = (values, values.clone().DetachFromDisposeScope());
            values.copy_(others);
        }

        public void Dispose()
        {
            using var mode = no_grad();
            _values.copy_(_kept);
            _kept.Dispose();
        }
    }
}
