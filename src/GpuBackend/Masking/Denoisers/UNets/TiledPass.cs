using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A masked pass whose convolutions run on tiles that hold masked pixels; everything around is the template's.</summary>
/// <remarks>
/// A tile's border comes from the map that it lies in. What is approximated: pixels of other tiles do not hear of the edit. Norms are exact over the filled map: their statistics are
/// taken of the template's pixels and the tiles' own together. Source: SIGE (Li et al., NeurIPS 2022), which takes the statistics of the original.
/// </remarks>
internal sealed class TiledPass(IReadOnlyList<LaneReuse> lanes, ReuseVariant variant, ReuseModes modes, int side) : RecordedPass(lanes, variant, modes), IUNetPass
{
    private readonly Dictionary<(long, long), TileSet> _tiles = [];
    private int _maps;

    public Tensor First(Conv2d conv, Tensor sample)
    {
        using var scope = NewDisposeScope();
        var tiles = At(sample.shape[2], sample.shape[3], sample.device);
        return Filled(tiles, conv.ApplyToTiles(tiles.Windows(Last(sample), conv)));
    }

    public Tensor Resnet(ResnetBlock block, Tensor input, StepCondition condition)
    {
        using var scope = NewDisposeScope();
        var tiles = At(input.shape[2], input.shape[3], input.device);
        var rows = Last(input);
        var time = tiles.OfLanes(block.Shift(condition)).unsqueeze(-1).unsqueeze(-1);
        var hidden = tiles.Fill(Next(), block.Conv1.ApplyToTiles(tiles.Activated(rows, block.Norm1, block.Conv1)).add_(time));
        var output = block.Conv2.ApplyToTiles(tiles.Activated(hidden, block.Norm2, block.Conv2));
        var own = tiles.Own(rows);
        return Filled(tiles, output.add_(block.Shortcut?.ApplyToTiles(own) ?? own));
    }

    public Tensor Halve(Downsample layer, Tensor input)
    {
        using var scope = NewDisposeScope();
        var tiles = At((input.shape[2] + 1) / 2, (input.shape[3] + 1) / 2, input.device);
        return Filled(tiles, layer.Conv.ApplyToTiles(tiles.Windows(Last(input), layer.Conv)));
    }

    public Tensor Double(Upsample layer, Tensor input, Tensor like)
    {
        using var scope = NewDisposeScope();
        var tiles = At(like.shape[2], like.shape[3], input.device);
        return Filled(tiles, layer.Conv.ApplyToTiles(tiles.Windows(Last(input), layer.Conv, enlarged: true)));
    }

    public Tensor Last(OutputHead head, Tensor input)
    {
        using var scope = NewDisposeScope();
        var tiles = At(input.shape[2], input.shape[3], input.device);
        return Filled(tiles, head.Conv.ApplyToTiles(tiles.Activated(Last(input), head.Norm, head.Conv)));
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var tiles in _tiles.Values)
        {
            tiles.Dispose();
        }
    }

    private static Tensor Last(Tensor map) => map.permute(0, 2, 3, 1);

    private TileSet At(long rows, long columns, Device device)
    {
        if (!_tiles.TryGetValue((rows, columns), out var tiles))
        {
            var masks = Masks.Select(mask => mask.At((int)rows, (int)columns));
            _tiles.Add((rows, columns), tiles = new TileSet([.. masks], side, device));
        }

        return tiles;
    }

    private Tensor Filled(TileSet tiles, Tensor made) => tiles.Fill(Next(), made).permute(0, 3, 1, 2).MoveToOuterDisposeScope();

    // The templates' next map, [B, H, W, C], to be written into.
    private Tensor Next()
    {
        var next = _maps++;
        return stack(Lanes.Select(lane => lane.Layers.Maps[next]).ToArray());
    }
}
