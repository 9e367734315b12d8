using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training;

/// <summary>The weights that a training changes, of one model or several, side by side in one buffer.</summary>
/// <remarks>
/// A step of the optimizer is then ten operations on one tensor instead of ten for each of hundreds of weights, and a checkpoint is a handful of tensors.
/// While it lives, the models compute with views of the buffer; afterwards with what they were opened with. Weights of a bfloat16 store are kept and
/// changed in float32 and computed with in bfloat16 (Micikevicius et al., "Mixed Precision Training", 2018): on processors that multiply bfloat16 that is several times faster.
/// </remarks>
public sealed class LearnedWeights : IDisposable
{
    private readonly (string Name, Weight Weight, long[] Shape)[] _parts;
    private readonly (Tensor Values, Tensor Gradients)? _rounded;

    /// <summary>Takes over the weights of models.</summary>
    /// <param name="models">Stores of float32 or bfloat16 weights, all on one device, each with what its weights' names begin with.</param>
    /// <exception cref="ArgumentException">There is nothing to learn, or weights are of another type.</exception>
    public LearnedWeights(params IReadOnlyList<(string Prefix, WeightStore Store)> models)
        : this([.. models.SelectMany(static model => model.Store.All.Values.Select(weight => (model.Prefix + weight.Name, weight)))])
    {
    }

    /// <summary>Takes over some weights.</summary>
    /// <param name="weights">Float32 or bfloat16 weights on one device, by names that differ.</param>
    /// <exception cref="ArgumentException">There is nothing to learn, or weights are of another type.</exception>
    internal LearnedWeights(IReadOnlyList<(string Name, Weight Weight)> weights)
    {
        if (weights.Count == 0 || weights.Any(static item => item.Weight.Original.dtype is not (ScalarType.Float32 or ScalarType.BFloat16)))
        {
            throw new ArgumentException("A training needs float32 or bfloat16 weights.", nameof(weights));
        }

        _parts = [.. weights.OrderBy(static item => item.Name, StringComparer.Ordinal).Select(static item => (item.Name, item.Weight, item.Weight.Original.shape))];
        using var mode = inference_mode(false);
        using var scope = NewDisposeScope();
        Values = cat([.. _parts.Select(static part => part.Weight.Original.reshape(-1).to(ScalarType.Float32))]).DetachFromDisposeScope();
        (Averages, Gradients) = (Values.clone().DetachFromDisposeScope(), zeros_like(Values).DetachFromDisposeScope());
        // Decay pulls matrices and kernels towards zero; norms and biases are left alone (Loshchilov and Hutter, 2019).
        Decayed = cat([.. _parts.Select(static part => full(part.Weight.Original.numel(), part.Shape.Length > 1 ? 1f : 0f, device: part.Weight.Original.device))])
            .DetachFromDisposeScope();
        if (_parts.Any(static part => IsRounded(part.Weight)))
        {
            var rounded = Values.to(ScalarType.BFloat16);
            _rounded = (rounded.DetachFromDisposeScope(), zeros_like(rounded).DetachFromDisposeScope());
        }

        var first = 0L;
        foreach (var part in _parts)
        {
            var (values, gradients) = IsRounded(part.Weight) ? _rounded!.Value : (Values, Gradients);
            var leaf = View(values, part, first).detach().requires_grad_(true);
            leaf.grad = View(gradients, part, first);
            part.Weight.Patch(leaf);
            first += part.Weight.Original.numel();
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

    /// <summary>Begins a step: gradients are zero, and models compute with the values as they are now.</summary>
    public void Begin()
    {
        using var mode = no_grad();
        Gradients.zero_();
        _rounded?.Gradients.zero_();
        Round();
    }

    /// <summary>Ends a backward pass: all its gradients are in <see cref="Gradients"/>.</summary>
    public void Collect()
    {
        if (_rounded is { } rounded)
        {
            using var mode = no_grad();
            Gradients.add_(rounded.Gradients);
        }
    }

    /// <summary>Lets the models compute with the averages until the result is disposed of.</summary>
    public IDisposable Averaged() => new Swapped(this);

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
        _rounded?.Values.Dispose();
        _rounded?.Gradients.Dispose();
    }

    private static bool IsRounded(Weight weight) => weight.Original.dtype == ScalarType.BFloat16;

    private static Tensor View(Tensor flat, (string Name, Weight Weight, long[] Shape) part, long first) => flat.narrow(0, first, part.Weight.Original.numel()).view(part.Shape);

    private void Round() => _rounded?.Values.copy_(Values);

    private IEnumerable<Tensor> Views(Tensor flat)
    {
        var first = 0L;
        foreach (var part in _parts)
        {
            yield return View(flat, part, first);
            first += part.Weight.Original.numel();
        }
    }

    private sealed class Swapped : IDisposable
    {
        private readonly LearnedWeights _learned;
        private readonly Tensor _kept;

        public Swapped(LearnedWeights learned)
        {
            using var mode = no_grad();
            (_learned, _kept) = (learned, learned.Values.clone().DetachFromDisposeScope());
            learned.Values.copy_(learned.Averages);
            learned.Round();
        }

        public void Dispose()
        {
            using var mode = no_grad();
            _learned.Values.copy_(_kept);
            _learned.Round();
            _kept.Dispose();
        }
    }
}
