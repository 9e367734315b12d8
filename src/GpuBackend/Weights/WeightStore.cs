using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Weights;

/// <summary>Owns the weights of one model: read from files, made from a seed, shared with another model, or only counted.</summary>
/// <remarks>
/// A model's constructor takes its weights one by one; <see cref="Complete"/> then throws one exception for everything that was missing, misshapen or
/// left over. Weights are not written while a model runs: any number of threads may run it at once.
/// </remarks>
public sealed class WeightStore : IDisposable
{
    private readonly IWeightSource _source;
    private readonly Dictionary<string, Weight> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Weight> _byFileName = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];

    private WeightStore(IWeightSource source, ScalarType type, Device device) => (_source, Type, Device) = (source, type, device);

    /// <summary>Type of the weights, which the model computes in.</summary>
    public ScalarType Type { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>The tree's root, for a model's constructor.</summary>
    public WeightScope Root => new(this, string.Empty, string.Empty);

    /// <summary>Every weight by its name.</summary>
    public IReadOnlyDictionary<string, Weight> All => _weights;

    /// <summary>For comparing the model's parts with a reference.</summary>
    public ActivationHooks Hooks { get; } = new();

    /// <summary>Numbers in all weights.</summary>
    public long ParameterCount => _weights.Values.Sum(static weight => weight.Original.numel());

    /// <summary>Bytes of all weights as they were loaded, adapters left out.</summary>
    public long Bytes => _weights.Values.Sum(static weight => weight.Original.numel() * weight.Original.element_size());

    /// <summary>Weights from safetensors files.</summary>
    /// <param name="path">A file, a sharded index, or a folder that holds one of the usual names.</param>
    /// <param name="type">Float32, bfloat16 or float16; in the file's own type on the processor nothing is copied.</param>
    /// <param name="device">Where they go.</param>
    /// <exception cref="FileNotFoundException">There are no weights there.</exception>
    /// <exception cref="ModelFileException">A file is not sound.</exception>
    public static WeightStore Open(string path, ScalarType type, Device device) => new(new FileWeights(WeightFiles.Open(path), type, device), type, device);

    /// <summary>Weights made from a seed.</summary>
    /// <param name="seed">Each weight has a random stream of its own, named by its key.</param>
    /// <param name="type">Float32, bfloat16 or float16.</param>
    /// <param name="device">Where they go.</param>
    public static WeightStore Seeded(long seed, ScalarType type, Device device)
    {
        LibTorch.Load();
        return new(new SeededWeights(seed, type, device), type, device);
    }

    /// <summary>Weights that a training begins with: as <see cref="Seeded"/>, but what modulates is zero, so that every block passes its input on at first.</summary>
    /// <param name="seed">Each weight has a random stream of its own, named by its key.</param>
    /// <param name="type">Float32, or bfloat16 to compute in it.</param>
    /// <param name="device">Where they go.</param>
    /// <param name="start">The value that a weight begins with, by its name and shape, or <c>null</c> for the seed's; not owned.</param>
    /// <remarks>Source: Peebles and Xie, "Scalable Diffusion Models with Transformers", 2023, section 3.2 (adaLN-Zero).</remarks>
    public static WeightStore ToTrain(long seed, ScalarType type, Device device, Func<string, long[], Tensor?>? start = null)
    {
        LibTorch.Load();
        return new(new TrainableWeights(seed, type, device, start), type, device);
    }

    /// <summary>The weights of another store, without a copy: the same original tensors, each with adapters of its own.</summary>
    /// <param name="owner">Holds the weights, complete. It must outlive this store, which frees none of them.</param>
    public static WeightStore Sharing(WeightStore owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return new(new SharedWeights(owner), owner.Type, owner.Device);
    }

    /// <summary>Weights without memory: sizes can be counted, nothing can be computed.</summary>
    public static WeightStore Counted()
    {
        LibTorch.Load();
        return new(new CountedWeights(), ScalarType.Float32, META);
    }

    /// <summary>Ends the construction of a model.</summary>
    /// <param name="ignored">Names that files may have and the model does not need.</param>
    /// <exception cref="ModelFileException">Weights are missing, have the wrong shape, or are left over; the message lists them.</exception>
    public void Complete(params ReadOnlySpan<string> ignored)
    {
        List<string> faults = [.. _faults];
        foreach (var name in _source.Unused())
        {
            if (!ignored.Contains(name))
            {
                faults.Add($"tensor \"{name}\" belongs to no part of this model. Do config.json and weights belong together?");
            }
        }

        if (faults.Count > 0)
        {
            throw ModelFileException.Of(_source.Description, faults);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Free();
        }

        _weights.Clear();
        _byFileName.Clear();
        _source.Dispose();
    }

    /// <summary>For messages: where they come from.</summary>
    internal string Description => _source.Description;

    internal bool Has(string fileName) => _source.Has(fileName);

    /// <summary>A weight's original by its name in the files, or <c>null</c> where the model has none of that name.</summary>
    internal Tensor? Original(string fileName) => _byFileName.GetValueOrDefault(fileName)?.Original;

    internal Weight Take(string name, string fileName, Initialization initialization, long[] shape)
    {
        if (_weights.ContainsKey(name))
        {
            throw new InvalidOperationException($"Two parts of the model take the weight {name}.");
        }

        using var mode = inference_mode(false);
        var tensor = _source.Get(fileName, initialization, shape, fault => _faults.Add($"tensor \"{fileName}\" {fault}"));
        var weight = new Weight(name, _source.Lends ? tensor : tensor.DetachFromDisposeScope(), owned: !_source.Lends);
        _weights.Add(name, weight);
        _byFileName[fileName] = weight;
        return weight;
    }
}
