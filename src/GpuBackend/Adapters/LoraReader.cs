using SimServe.GpuBackend.ModelFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Adapters;

/// <summary>Groups a LoRA file's tensors by module and checks each group.</summary>
internal sealed class LoraReader(SafetensorsFile file)
{
    private readonly PeftMetadata _metadata = PeftMetadata.Of(file);
    private readonly List<string> _faults = [];

    /// <summary>Reads all modules.</summary>
    /// <exception cref="ModelFileException">Keys are unknown or unpaired, or shapes do not fit one another; the message lists all.</exception>
    public IReadOnlyList<LoraModule> Read()
    {
        var groups = new SortedDictionary<(ModelPart Part, string Module, string Prefix), Dictionary<LoraTensor, SafetensorsEntry>>();
        foreach (var entry in file.Tensors.Values.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            if (LoraKey.Parse(entry.Name) is not { } key)
            {
                Fault(entry, LoraKey.Fault(entry.Name));
                continue;
            }

            var group = (key.Part, key.Module, key.Prefix);
            groups.TryAdd(group, []);
            Require(groups[group].TryAdd(key.Tensor, entry), entry, $"gives the {key.Tensor} matrix of \"{key.Module}\" a second time");
        }

        Require(groups.Count > 0 || _faults.Count > 0, null, "there are no tensors");
        LoraModule?[] modules = [.. groups.Select(group => Module(group.Key.Part, group.Key.Prefix, group.Key.Module, group.Value))];
        return _faults.Count == 0 ? [.. modules.Select(static module => module!)] : throw ModelFileException.Of(file.Path, _faults);
    }

    private LoraModule? Module(ModelPart part, string prefix, string name, Dictionary<LoraTensor, SafetensorsEntry> tensors)
    {
        var (down, up) = (tensors.GetValueOrDefault(LoraTensor.Down), tensors.GetValueOrDefault(LoraTensor.Up));
        if (down is null || up is null)
        {
            Fault(tensors.Values.First(), $"has no matching {(down is null ? "down" : "up")} matrix");
            return null;
        }

        if (!Require(IsMatrix(down), down, $"is {Described(down)}; it must be [rank, inputs] or [rank, inputs, k, k]")
            || !Require(IsMatrix(up) && up.Shape.Skip(2).All(static size => size == 1), up, $"is {Described(up)}; it must be [outputs, rank] or [outputs, rank, 1, 1]")
            || !Require(up.Shape[1] == down.Shape[0], up, $"has rank {up.Shape[1]}, but the down matrix {down.Shape[0]}"))
        {
            return null;
        }

        var rank = checked((int)down.Shape[0]);
        var factor = tensors.TryGetValue(LoraTensor.Alpha, out var alpha) ? Alpha(alpha) / rank : _metadata.Factor(prefix, name, rank) ?? 1;
        return new LoraModule(part, name, rank, factor) { Down = down, Up = up };
    }

    private double Alpha(SafetensorsEntry entry)
    {
        if (!Require(entry.Count == 1, entry, $"is {Described(entry)}; it must be a single number"))
        {
            return 1;
        }

        using var scope = NewDisposeScope();
        var alpha = file.Read(entry.Name).to(ScalarType.Float64).reshape(1)[0].ToDouble();
        Require(double.IsFinite(alpha), entry, $"is {alpha}; it must be a finite number");
        return alpha;
    }

    private static bool IsMatrix(SafetensorsEntry entry) =>
        is_floating_point(entry.Type) && entry.Shape.Count is 2 or 4 && entry.Shape.All(static size => size > 0);

    private static string Described(SafetensorsEntry entry) => $"{SafetensorsTypes.Name(entry.Type)} [{string.Join(", ", entry.Shape)}]";

    private bool Require(bool holds, SafetensorsEntry? entry, string fault)
    {
        if (!holds)
        {
            Fault(entry, fault);
        }

        return holds;
    }

    private void Fault(SafetensorsEntry? entry, string fault) =>
        _faults.Add(entry is null ? $"{fault}." : $"key \"{ModelFileException.Shown(entry.Name)}\" {fault}.");
}
