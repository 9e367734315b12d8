using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>The adapters of one pipeline: merges any number of them into the weights and takes them out again without a trace.</summary>
/// <remarks>
/// A changed weight is <c>original + sum of scale * alpha / rank * up @ down</c>, summed in float32 and rounded once to the weight's type. Each set starts
/// from the originals, so that nothing adds up over many changes; they stay in memory beside the changed weights. <see cref="Prepare"/> does the work and may run on any
/// thread beside the models; <see cref="Use(PreparedAdapters?)"/>, <see cref="Apply"/> and <see cref="Remove"/> swap pointers and are not safe while another thread runs a
/// model of this set: call them between two steps, when the device has done the first.
/// </remarks>
public sealed class AdapterSet
{
    private readonly Dictionary<ModelPart, WeightStore> _stores = [];
    private readonly Dictionary<ModelPart, Lazy<ModuleTable>> _tables = [];
    private readonly Dictionary<ModelPart, List<Weight>> _changed = [];

    /// <summary>Creates the set, without adapters.</summary>
    /// <param name="denoiser">Weights of the U-Net or transformer.</param>
    /// <param name="textEncoder">Weights of the first text encoder, or <c>null</c> where adapters must not reach it.</param>
    /// <param name="textEncoder2">Weights of the second text encoder, or <c>null</c>.</param>
    public AdapterSet(WeightStore denoiser, WeightStore? textEncoder = null, WeightStore? textEncoder2 = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        Add(ModelPart.Denoiser, denoiser);
        Add(ModelPart.TextEncoder, textEncoder);
        Add(ModelPart.TextEncoder2, textEncoder2);
    }

    private AdapterSet()
    {
    }

    /// <summary>Weights that differ from their originals.</summary>
    public int ChangedWeights => Changed.Count();

    /// <summary>Bytes that the changed weights take beside the originals.</summary>
    public long ChangedBytes => Changed.Sum(static weight => weight.Original.numel() * weight.Original.element_size());

    private IEnumerable<Weight> Changed => _changed.Values.SelectMany(static weights => weights);

    /// <summary>Merges adapters into copies of the weights that they change; the models are as they were. Any thread may do so while others run them.</summary>
    /// <param name="adapters">
    /// The adapters and the user's scales: 1 as trained, 0 no effect, negative to subtract. They may be disposed afterwards.
    /// </param>
    /// <param name="parts">The models to prepare for, the adapters being checked for all; none: all models.</param>
    /// <returns>What <see cref="Use(PreparedAdapters?)"/> takes; the caller's.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A scale is not finite.</exception>
    /// <exception cref="ModelFileException">An adapter does not fit the models or is damaged; the message names its file and keys.</exception>
    public PreparedAdapters Prepare(IReadOnlyList<(LoraAdapter Adapter, double Scale)> adapters, params ReadOnlySpan<ModelPart> parts)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ModelPart[] wanted = parts.IsEmpty ? Enum.GetValues<ModelPart>() : parts.ToArray();
        var deltas = adapters.SelectMany(item => Deltas(item.Adapter, item.Scale)).ToArray();
        using var inference = inference_mode(false);
        using var gradients = no_grad();
        List<PreparedWeight> prepared = [];
        try
        {
            // Groups keep the order of the adapters: the same list gives the same bits.
            foreach (var group in deltas.Where(delta => delta.Scale != 0 && wanted.Contains(delta.Module.Part)).GroupBy(static delta => delta.Weight))
            {
                prepared.Add(new PreparedWeight(group.First().Module.Part, group.Key.Name, group.Key.Original, Merged(group.Key, group)));
            }

            Settle(prepared);
            return new PreparedAdapters(prepared);
        }
        catch
        {
            PreparedAdapters.Free(prepared);
            throw;
        }
    }

    /// <summary>Puts prepared adapters in the place of those that were used before, in every model of the pipeline.</summary>
    /// <param name="adapters">Prepared for these models or for others with the same original weights, and still the caller's; <c>null</c>: none.</param>
    /// <exception cref="ArgumentException">They were prepared for other weights; nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">They are disposed; nothing is changed.</exception>
    public void Use(PreparedAdapters? adapters)
    {
        // All are looked up first: of a set that does not fit no part is used.
        var found = Enum.GetValues<ModelPart>().Select(part => (part, Weights(part, adapters))).ToArray();
        foreach (var (part, weights) in found)
        {
            Swap(part, weights);
        }
    }

    /// <summary>Puts what prepared adapters change of one model in the place of what was used there before; the other models stay as they are.</summary>
    /// <param name="part">The model.</param>
    /// <param name="adapters">Prepared for these models or for others with the same original weights, and still the caller's; <c>null</c>: none.</param>
    /// <exception cref="ArgumentException">They were prepared for other weights; nothing is changed.</exception>
    /// <exception cref="ObjectDisposedException">They are disposed; nothing is changed.</exception>
    public void Use(ModelPart part, PreparedAdapters? adapters) => Swap(part, Weights(part, adapters));

    /// <summary>Prepares adapters and puts them in the place of those that were used before. For a while the old and the new ones are both in memory.</summary>
    /// <param name="adapters">
    /// The adapters and the user's scales: 1 as trained, 0 no effect, negative to subtract. They may be disposed afterwards.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A scale is not finite.</exception>
    /// <exception cref="ModelFileException">An adapter does not fit the models or is damaged; the message names its file and keys, and nothing is changed.</exception>
    public void Apply(IReadOnlyList<(LoraAdapter Adapter, double Scale)> adapters)
    {
        using var prepared = Prepare(adapters);
        Use(prepared);
    }

    /// <summary>Takes all adapters out: the weights are the original tensors again.</summary>
    public void Remove() => Use(null);

    /// <summary>A set for text encoders alone.</summary>
    internal static AdapterSet OfText(WeightStore first, WeightStore? second)
    {
        var set = new AdapterSet();
        set.Add(ModelPart.TextEncoder, first);
        set.Add(ModelPart.TextEncoder2, second);
        return set;
    }

    /// <summary>Throws unless adapters can be used here.</summary>
    /// <exception cref="ArgumentException">They were prepared for other weights.</exception>
    /// <exception cref="ObjectDisposedException">They are disposed.</exception>
    internal void Check(PreparedAdapters? adapters)
    {
        foreach (var part in Enum.GetValues<ModelPart>())
        {
            Weights(part, adapters);
        }
    }

    private void Add(ModelPart part, WeightStore? store)
    {
        if (store is not null)
        {
            _stores.Add(part, store);
            _tables.Add(part, new Lazy<ModuleTable>(() => new ModuleTable(store)));
        }
    }

    private static Tensor Merged(Weight weight, IEnumerable<LoraDelta> deltas)
    {
        using var scope = NewDisposeScope();
        var shape = weight.Original.shape;
        var sum = zeros([shape[0], weight.Original.numel() / shape[0]], dtype: ScalarType.Float32, device: weight.Original.device);
        foreach (var delta in deltas)
        {
            delta.AddTo(sum);
        }

        return sum.reshape(shape).add_(weight.Original).to(weight.Original.dtype).DetachFromDisposeScope();
    }

    // The models run on other streams of the device than the thread that prepares.
    private static void Settle(List<PreparedWeight> prepared)
    {
        foreach (var device in prepared.Select(static weight => weight.Value.device).Where(static device => device.type == DeviceType.CUDA).DistinctBy(static device => device.index))
        {
            var cuda = CudaInterop.Process!;
            cuda.Synchronize(cuda.CurrentStream(device.index));
        }
    }

    private (Weight Weight, Tensor Value)[] Weights(ModelPart part, PreparedAdapters? adapters) =>
        adapters is null ? [] : [.. adapters.Of(part).Select(prepared => (Known(prepared), prepared.Value))];

    private Weight Known(PreparedWeight prepared) =>
        _stores.TryGetValue(prepared.Part, out var store) && store.All.TryGetValue(prepared.Name, out var weight) && ReferenceEquals(weight.Original, prepared.Original)
            ? weight
            : throw new ArgumentException($"The adapters were prepared for other weights than those of this {prepared.Part}: prepare them for this model or for one that shares its weights.");

    private void Swap(ModelPart part, (Weight Weight, Tensor Value)[] next)
    {
        foreach (var weight in _changed.GetValueOrDefault(part, []))
        {
            weight.Restore();
        }

        foreach (var (weight, value) in next)
        {
            weight.Share(value);
        }

        _changed[part] = [.. next.Select(static item => item.Weight)];
    }

    private List<LoraDelta> Deltas(LoraAdapter adapter, double scale)
    {
        if (!double.IsFinite(scale))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, $"The scale of {adapter.Path} must be a finite number.");
        }

        List<LoraDelta> deltas = [];
        List<string> faults = [];
        foreach (var module in adapter.Modules)
        {
            var found = Deltas(adapter, module, scale);
            deltas.AddRange(found);
            faults.AddRange(Fault(module, found) is { } fault ? [fault] : []);
        }

        faults.AddRange(Repeated(deltas));
        return faults.Count == 0 ? deltas : throw ModelFileException.Of(adapter.Path, faults);
    }

    // A file with the same module under two spellings would count twice.
    private static IEnumerable<string> Repeated(List<LoraDelta> deltas) => deltas.GroupBy(static delta => (delta.Weight, delta.Rows.FirstInWeight))
        .Where(static same => same.Count() > 1)
        .Select(static same => $"{string.Join(" and ", same.Select(static delta => $"\"{ModelFileException.Shown(delta.Module.Down.Name)}\""))} are both for {same.Key.Weight.Name}.");

    private LoraDelta[] Deltas(LoraAdapter adapter, LoraModule module, double scale) => _tables.TryGetValue(module.Part, out var table)
        ? [.. table.Value.Find(module.Name).Select(rows => new LoraDelta(adapter, module, rows, scale))]
        : [];

    private string? Fault(LoraModule module, LoraDelta[] deltas)
    {
        var (key, up) = ($"key \"{ModelFileException.Shown(module.Down.Name)}\"", module.Up.Shape[0]);
        if (!_tables.ContainsKey(module.Part))
        {
            return $"{key} changes the {module.Part}, which this pipeline does not have.";
        }

        if (deltas.Length == 0)
        {
            return $"{key}: the {module.Part} has no module \"{ModelFileException.Shown(module.Name)}\", or more than one of that spelling. Was the file made for another model?";
        }

        var rows = deltas.Sum(static delta => delta.Rows.Count);
        return rows == up && Array.TrueForAll(deltas, static delta => delta.Fits)
            ? null
            : $"{key}: [{string.Join(", ", module.Down.Shape)}] and {up} outputs do not fit {string.Join(", ", deltas.Select(static delta => Described(delta.Weight)))}. Was the file made for another model?";
    }

    private static string Described(Weight weight) => $"{weight.Name} [{string.Join(", ", weight.Original.shape)}]";
}
