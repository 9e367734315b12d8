using SimServe.GpuBackend.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Weights from safetensors files; no copy is made where the file's type and device are the wanted ones.</summary>
internal sealed class FileWeights(WeightFiles files, ScalarType type, Device device) : IWeightSource
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Description => files.Path;

    /// <inheritdoc/>
    public bool Has(string name) => files.Has(name);

    /// <inheritdoc/>
    public Tensor Get(string name, Initialization initialization, long[] shape, Action<string> fault)
    {
        _taken.Add(name);
        if (!files.Has(name))
        {
            fault("is missing.");
            return empty(shape, device: META);
        }

        var read = files.Read(name);
        if (!is_floating_point(read) || !read.shape.AsSpan().SequenceEqual(shape))
        {
            fault($"is {read.dtype} [{string.Join(", ", read.shape)}], but the model needs floating-point [{string.Join(", ", shape)}].");
        }

        if (read.dtype == type && device.type == TorchSharp.DeviceType.CPU)
        {
            return read;
        }

        using (read)
        {
            return read.to(type, device);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unused() => files.Names.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => files.Dispose();
}
