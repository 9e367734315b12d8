using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>What edits take of a template besides the rows of its blocks, on one device.</summary>
internal abstract class RecordedTensors : IDisposable
{
    /// <summary>All of them by name.</summary>
    public abstract IEnumerable<(string Name, Tensor Tensor)> Named();

    /// <summary>A copy on another device.</summary>
    public abstract RecordedTensors To(Device device);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in Named())
        {
            tensor.Dispose();
        }
    }

    /// <summary>Reads tensors one after the other; of a failure halfway nothing is left.</summary>
    /// <param name="read">Gives a tensor by its name.</param>
    /// <param name="make">Makes the whole of them.</param>
    protected static T All<T>(Func<string, Tensor> read, Func<Func<string, Tensor>, T> make)
    {
        List<Tensor> done = [];
        try
        {
            return make(name =>
            {
                done.Add(read(name));
                return done[^1];
            });
        }
        catch
        {
            done.ForEach(static tensor => tensor.Dispose());
            throw;
        }
    }
}
