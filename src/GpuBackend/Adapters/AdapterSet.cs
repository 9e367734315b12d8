using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>The adapters of one pipeline: merges any number of them into the weights and takes them out again without a trace.</summary>
/// <remarks>
/// A changed weight is <c>original + sum of scale * alpha / rank * up @ down</c>, summed in float32 and rounded once to the weight's type. Each set starts
/// from the originals, so that nothing adds up over many changes; they stay in memory beside the changed weights. Not safe while another thread runs a model.
/// </remarks>
public sealed class AdapterSet
{
    private readonly Dictionary<ModelPart, Lazy<ModuleTable>> _tables = [];
    private readonly HashSet<Weight> _changed = [];

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

    /// <summary>Weights that differ from their originals.</summary>
    public int ChangedWeights => _changed.Count;

    /// <summary>Bytes that the changed weights take beside the originals.</summary>
    public long ChangedBytes => _changed.Sum(static weight => weight.Original.numel() * weight.Original.element_size());

    /// <summary>Puts adapters in the place of those that were applied before.</summary>
    /// <param name="adapters">
    /// The adapters and the user's scales: 1 as trained, 0 no effect, negative to subtract. They may be disposed afterwards.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A scale is not finite.</exception>
    /// <exception cref="ModelFileException">An adapter does not fit the models; the message names its file and keys, and nothing is changed.</exception>
    public void Apply(IReadOnlyList<(LoraAdapter Adapter, double Scale)> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        var changes = adapters.SelectMany(item => Deltas(item.Adapter, item.Scale)).ToArray();
        // Groups keep the order of the adapters: the same list gives the same bits.
        var byWeight = changes.Where(static delta => delta.Scale != 0).GroupBy(static delta => delta.Weight).ToArray();
        Remove();
        using var inference = inference_mode(false);
        using var gradients = no_grad();
        try
        {
            foreach (var deltas in byWeight)
            {
                Change(deltas.Key, deltas);
            }
        }
        catch
        {
            Remove();
            throw;
        }
    }

    /// <summary>Takes all adapters out: the weights are the original tensors again.</summary>
    public void Remove()
    {
        foreach (var weight in _changed)
        {
            weight.Restore();
        }

        _changed.Clear();
    }

    private void Add(ModelPart part, WeightStore? store)
    {
        if (store is not null)
        {
            _tables.Add(part, new Lazy<ModuleTable>(() => new ModuleTable(store)));
        }
    }

    private void Change(Weight weight, IEnumerable<LoraDelta> deltas)
    {
        using var scope = NewDisposeScope();
        var shape = weight.Original.shape;
        var sum = zeros([shape[0], weight.Original.numel() / shape[0]], dtype: ScalarType.Float32, device: weight.Original.device);
        foreach (var delta in deltas)
        {
            delta.AddTo(sum);
        }

        weight.Patch(sum.reshape(shape).add_(weight.Original).to(weight.Original.dtype));
        _changed.Add(weight);
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
