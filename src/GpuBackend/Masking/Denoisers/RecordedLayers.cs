using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What one plain forward pass of a template left behind, in the order of its layers; on the model's device, in its numbers.</summary>
internal sealed class RecordedLayers : IDisposable
{
    private readonly List<Tensor> _rows = [];
    private readonly List<Tensor> _maps = [];

    /// <summary>Rows of tokens, each [N, C].</summary>
    public IReadOnlyList<Tensor> Rows => _rows;

    /// <summary>Feature maps, each [H, W, C]; empty unless convolutions run on tiles.</summary>
    public IReadOnlyList<Tensor> Maps => _maps;

    /// <summary>Bytes of both.</summary>
    public long Bytes => _rows.Concat(_maps).Sum(static tensor => tensor.numel() * tensor.element_size());

    /// <summary>Keeps a copy of each lane's rows.</summary>
    /// <param name="lanes">One for each lane.</param>
    /// <param name="rows">[B, N, C].</param>
    public static void AddRows(IReadOnlyList<RecordedLayers> lanes, Tensor rows)
    {
        for (var lane = 0; lane < lanes.Count; lane++)
        {
            lanes[lane]._rows.Add(Kept(rows[lane]));
        }
    }

    /// <summary>Keeps a copy of each lane's map.</summary>
    /// <param name="lanes">One for each lane.</param>
    /// <param name="map">[B, C, H, W].</param>
    public static void AddMap(IReadOnlyList<RecordedLayers> lanes, Tensor map)
    {
        for (var lane = 0; lane < lanes.Count; lane++)
        {
            lanes[lane]._maps.Add(Kept(map[lane].permute(1, 2, 0)));
        }
    }

    /// <summary>Frees the layers of a step.</summary>
    /// <param name="branches">One for each branch.</param>
    public static void Free(RecordedLayers[] branches) => Array.ForEach(branches, static layers => layers.Dispose());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _rows.Concat(_maps))
        {
            tensor.Dispose();
        }
    }

    // Layers write into their inputs later on: a copy, also where it is contiguous already.
    private static Tensor Kept(Tensor tensor) => empty(tensor.shape, dtype: tensor.dtype, device: tensor.device).copy_(tensor).DetachFromDisposeScope();
}
