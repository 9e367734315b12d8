using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>One weight tensor of a model. Layers read <see cref="Value"/> at each call, so that an adapter can put another value in its place.</summary>
public sealed class Weight
{
    private readonly bool _owned;
    private Tensor? _patched;

    internal Weight(string name, Tensor original, bool owned = true) => (Name, Original, _owned) = (name, original, owned);

    /// <summary>Its key in the model's files.</summary>
    public string Name { get; }

    /// <summary>The value as it was loaded; never written.</summary>
    public Tensor Original { get; }

    /// <summary>What layers compute with.</summary>
    public Tensor Value => _patched ?? Original;

    /// <summary>Whether <see cref="Value"/> is another tensor than <see cref="Original"/>.</summary>
    public bool IsPatched => _patched is not null;

    /// <summary>Puts another value in the original's place.</summary>
    /// <param name="value">Same shape, type and device as <see cref="Original"/>; owned by the weight from now on.</param>
    /// <exception cref="ArgumentException">Shape or type differ.</exception>
    /// <remarks>Not safe while another thread runs the model.</remarks>
    public void Patch(Tensor value)
    {
        Check(value);
        Restore();
        _patched = value.DetachFromDisposeScope();
    }

    /// <summary>Puts a value in the original's place that somebody else keeps, to use it again.</summary>
    /// <param name="value">Same shape, type and device as <see cref="Original"/>; stays its owner's.</param>
    /// <exception cref="ArgumentException">Shape or type differ.</exception>
    /// <remarks>Takes a handle of its own to the same memory: nothing is copied, and either side may let go first. Not safe while another thread runs the model.</remarks>
    public void Share(Tensor value)
    {
        Check(value);
        Restore();
        _patched = value.alias().DetachFromDisposeScope();
    }

    /// <summary>Puts the original value back, exactly.</summary>
    public void Restore()
    {
        _patched?.Dispose();
        _patched = null;
    }

    internal void Free()
    {
        Restore();
        if (_owned)
        {
            Original.Dispose();
        }
    }

    private void Check(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.dtype != Original.dtype || !value.shape.AsSpan().SequenceEqual(Original.shape))
        {
            throw new ArgumentException(
                $"The patch of {Name} must be {Original.dtype} [{string.Join(", ", Original.shape)}], not {value.dtype} [{string.Join(", ", value.shape)}].", nameof(value));
        }
    }
}
