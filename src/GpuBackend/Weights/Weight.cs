using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>One weight tensor of a model. Layers read <see cref="Value"/> at each call, so that an adapter can put another value in its place.</summary>
public sealed class Weight
{
    private Tensor? _patched;

    internal Weight(string name, Tensor original) => (Name, Original) = (name, original);

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
        ArgumentNullException.ThrowIfNull(value);
        if (value.dtype != Original.dtype || !value.shape.AsSpan().SequenceEqual(Original.shape))
        {
            throw new ArgumentException(
                $"The patch of {Name} must be {Original.dtype} [{string.Join(", ", Original.shape)}], not {value.dtype} [{string.Join(", ", value.shape)}].", nameof(value));
        }

        Restore();
        _patched = value.DetachFromDisposeScope();
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
        Original.Dispose();
    }
}
