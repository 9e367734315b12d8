using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>The tiles of a batch that hold masked pixels, at one resolution.</summary>
/// <remarks>Maps are [B, H, W, C]: a pixel's channels lie together, and gathering a window copies whole pixels.</remarks>
internal sealed class TileSet : IDisposable
{
    private readonly (int Lane, int Top, int Left)[] _tiles;
    private readonly Dictionary<(int, int, int, int, int), (Tensor Places, Tensor? Inside)> _windows = [];
    private readonly Tensor _lanes;
    private readonly Tensor _places;
    private readonly Tensor? _inside;
    private readonly Device _device;
    private readonly (int Rows, int Columns, int Side) _size;

    /// <summary>Finds the tiles.</summary>
    /// <param name="masks">Each lane's mask at this resolution.</param>
    /// <param name="side">Pixels of a tile's side.</param>
    /// <param name="device">Where.</param>
    public TileSet(IReadOnlyList<LevelMask> masks, int side, Device device)
    {
        _size = (masks[0].Rows, masks[0].Columns, side);
        _device = device;
        _tiles = [.. masks.SelectMany((mask, lane) => mask.Tiles(side).Select(tile => (lane, tile.Top, tile.Left)))];
        _lanes = Kept(tensor(_tiles.Select(static tile => (long)tile.Lane).ToArray(), device: device));
        (_places, _inside) = OwnPlaces();
    }

    /// <summary>Tiles, n.</summary>
    public int Count => _tiles.Length;

    /// <summary>Each tile's lane's value.</summary>
    /// <param name="perLane">[B, C].</param>
    /// <returns>[n, C].</returns>
    public Tensor OfLanes(Tensor perLane) => perLane.index_select(0, _lanes);

    /// <summary>The tiles' own pixels; zeros beyond the border.</summary>
    /// <param name="map">[B, H, W, C].</param>
    /// <returns>[n, C, side, side].</returns>
    public Tensor Own(Tensor map) => Image(Cut(map, 1, 1, 0, (_size.Rows, _size.Columns)).Pixels);

    /// <summary>What a convolution needs to make the tiles: their pixels with a border, zeros beyond the map's own.</summary>
    /// <param name="map">The convolution's input, [B, H', W', C].</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="enlarged">Whether the input stands for itself enlarged to this resolution, each pixel repeated.</param>
    /// <returns>[n, C, e, e].</returns>
    public Tensor Windows(Tensor map, Conv2d conv, bool enlarged = false)
    {
        var seen = enlarged ? (_size.Rows, _size.Columns) : ((int)map.shape[1], (int)map.shape[2]);
        var (pixels, inside) = Cut(map, conv.Kernel, conv.Stride, conv.Padding, seen);
        return Image(inside is null ? pixels : pixels.mul_(inside));
    }

    /// <summary>The same of a map behind its norm and SiLU.</summary>
    public Tensor Activated(Tensor map, GroupNorm norm, Conv2d conv)
    {
        var (scale, shift) = norm.Affine(map);
        var (pixels, inside) = Cut(map, conv.Kernel, conv.Stride, conv.Padding, ((int)map.shape[1], (int)map.shape[2]));
        pixels.mul_(OfLanes(scale).unsqueeze(1).unsqueeze(1)).add_(OfLanes(shift).unsqueeze(1).unsqueeze(1)).silu_();
        return Image(inside is null ? pixels : pixels.mul_(inside));
    }

    /// <summary>Writes the tiles into a map.</summary>
    /// <param name="map">[B, H, W, C]; written into.</param>
    /// <param name="tiles">[n, C, side, side].</param>
    /// <returns>The map.</returns>
    public Tensor Fill(Tensor map, Tensor tiles)
    {
        var pixels = tiles.permute(0, 2, 3, 1).reshape(-1, tiles.shape[1]);
        map.flatten(0, 2).index_copy_(0, _places, _inside is null ? pixels : pixels.index_select(0, _inside));
        return map;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lanes.Dispose();
        _places.Dispose();
        _inside?.Dispose();
        foreach (var (places, inside) in _windows.Values)
        {
            places.Dispose();
            inside?.Dispose();
        }
    }

    private static Tensor Kept(Tensor made) => made.DetachFromDisposeScope();

    private static Tensor Image(Tensor pixels) => pixels.permute(0, 3, 1, 2);

    // Pixels [n, e, e, C] of windows, and ones where they lie inside, [n, e, e, 1], or null where all do.
    private (Tensor Pixels, Tensor? Inside) Cut(Tensor map, int kernel, int stride, int padding, (int Rows, int Columns) seen)
    {
        var edge = (stride * (_size.Side - 1)) + kernel;
        var key = (kernel, stride, padding, (int)map.shape[1], (int)map.shape[2]);
        if (!_windows.TryGetValue(key, out var window))
        {
            _windows.Add(key, window = Window(edge, stride, padding, ((int)map.shape[1], (int)map.shape[2]), seen, map.dtype));
        }

        var channels = map.shape[3];
        return (map.reshape(-1, channels).index_select(0, window.Places).reshape(Count, edge, edge, channels), window.Inside);
    }

    private (Tensor Places, Tensor? Inside) Window(int edge, int stride, int padding, (int Rows, int Columns) map, (int Rows, int Columns) seen, ScalarType type)
    {
        var places = new long[Count * edge * edge];
        var inside = new float[places.Length];
        var next = 0;
        foreach (var (lane, top, left) in _tiles)
        {
            for (var i = 0; i < edge * edge; i++, next++)
            {
                var (y, x) = ((top * stride) - padding + (i / edge), (left * stride) - padding + (i % edge));
                if (y >= 0 && y < seen.Rows && x >= 0 && x < seen.Columns)
                {
                    // Nearest neighbour: where the map is what is seen, a pixel stands for itself.
                    places[next] = ((((long)lane * map.Rows) + (y * map.Rows / seen.Rows)) * map.Columns) + (x * map.Columns / seen.Columns);
                    inside[next] = 1;
                }
            }
        }

        var all = Array.TrueForAll(inside, static one => one == 1);
        return (Kept(tensor(places, device: _device)), all ? null : Kept(tensor(inside, [Count, edge, edge, 1], device: _device).to(type)));
    }

    private (Tensor Places, Tensor? Inside) OwnPlaces()
    {
        List<long> places = [];
        List<long> inside = [];
        var next = 0L;
        foreach (var (lane, top, left) in _tiles)
        {
            for (var i = 0; i < _size.Side * _size.Side; i++, next++)
            {
                var (y, x) = (top + (i / _size.Side), left + (i % _size.Side));
                if (y < _size.Rows && x < _size.Columns)
                {
                    places.Add(((((long)lane * _size.Rows) + y) * _size.Columns) + x);
                    inside.Add(next);
                }
            }
        }

        return (Kept(tensor(places.ToArray(), device: _device)), inside.Count == next ? null : Kept(tensor(inside.ToArray(), device: _device)));
    }
}
