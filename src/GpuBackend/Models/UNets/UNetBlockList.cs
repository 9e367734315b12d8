using SimServe.GpuBackend.Models.Shapes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>A UNet's transformer blocks, and the convolutions between them, in order of execution.</summary>
/// <param name="config">Sizes.</param>
/// <param name="grid">The latents.</param>
/// <param name="textTokens">Text tokens.</param>
internal sealed class UNetBlockList(UNetEncoderConfig config, TokenGrid grid, int textTokens)
{
    private const int Kernel = 3;

    private readonly List<BlockShape> _blocks = [];
    private readonly List<(int Channels, int Positions)> _skips = [];
    private LayerCost _convolutions;
    private int _positions = Positions(grid, 0);
    private int _channels = config.Levels[0].Channels;

    /// <summary>Weights of everything added so far.</summary>
    public long Parameters { get; private set; }

    /// <summary>Blocks that have been ended so far: the number of the one that is being added to.</summary>
    public int Ended => _blocks.Count;

    /// <summary>Channels and positions of the tensors that skip to the way up, in the order of their making.</summary>
    public IReadOnlyList<(int Channels, int Positions)> Skips => _skips;

    /// <summary>Positions of a level's latents: each level halves both sides, rounding up.</summary>
    /// <param name="grid">The latents.</param>
    /// <param name="level">From 0.</param>
    public static int Positions(TokenGrid grid, int level)
    {
        var round = (1 << level) - 1;
        return ((grid.Columns + round) >> level) * ((grid.Rows + round) >> level);
    }

    /// <summary>The way down and the middle.</summary>
    public void AddEncoder()
    {
        AddConvolution(config.InChannels, _channels, config.InKernel);
        _skips.Add((_channels, _positions));
        for (var i = 0; i < config.Levels.Count; i++)
        {
            AddDown(i);
        }

        var middle = config.Levels[^1];
        AddLayer("mid_block", 0, middle with { HasAttention = true }, middle.Channels);
        AddLayer("mid_block", 1, middle with { HasAttention = false }, middle.Channels);
    }

    /// <summary>The way up.</summary>
    /// <param name="levels">Its levels, coarsest first.</param>
    public void AddDecoder(IReadOnlyList<UNetLevel> levels)
    {
        var skips = new Stack<(int Channels, int Positions)>(_skips);
        for (var i = 0; i < levels.Count; i++)
        {
            for (var layer = 0; layer < levels[i].Layers; layer++)
            {
                AddLayer($"up_blocks.{i}", layer, levels[i], _channels + skips.Pop().Channels);
            }

            if (skips.Count > 0)
            {
                _positions = Positions(grid, levels.Count - 2 - i);
                AddConvolution(_channels, _channels, Kernel);
            }
        }
    }

    /// <summary>The last norm and convolution.</summary>
    /// <param name="outputs">Channels of the prediction.</param>
    /// <param name="kernel">Side of the kernel.</param>
    public void AddHead(int outputs, int kernel)
    {
        Add(LayerCost.Weights(2L * _channels));
        AddConvolution(_channels, outputs, kernel);
    }

    /// <summary>Layers among the convolutions.</summary>
    /// <param name="layers">At all their positions.</param>
    public void Add(LayerCost layers)
    {
        _convolutions += layers;
        Parameters += layers.Parameters;
    }

    /// <summary>Ends the list.</summary>
    public IReadOnlyList<BlockShape> Close()
    {
        CloseConvolutions();
        return _blocks;
    }

    private void AddDown(int number)
    {
        var level = config.Levels[number];
        for (var layer = 0; layer < level.Layers; layer++)
        {
            AddLayer($"down_blocks.{number}", layer, level, _channels);
            _skips.Add((_channels, _positions));
        }

        if (number < config.Levels.Count - 1)
        {
            _positions = Positions(grid, number + 1);
            AddConvolution(_channels, _channels, Kernel);
            _skips.Add((_channels, _positions));
        }
    }

    private void AddConvolution(int inputs, int outputs, int kernel) => Add(LayerCost.Convolution(inputs, outputs, kernel).At(_positions));

    private void AddLayer(string block, int number, UNetLevel level, int inputs)
    {
        _channels = level.Channels;
        var hidden = config.Widths.Of($"{block}.resnets.{number}", _channels);
        AddConvolution(inputs, hidden, Kernel);
        AddConvolution(hidden, _channels, Kernel);
        Add(LayerCost.Linear(config.TimeWidth, hidden) + LayerCost.Weights(2L * (inputs + hidden)));
        if (inputs != _channels)
        {
            AddConvolution(inputs, _channels, kernel: 1);
        }

        if (level.HasAttention)
        {
            CloseConvolutions();
            AddTransformer($"{block}.attentions.{number}", level.TransformerLayers);
        }
    }

    private void CloseConvolutions()
    {
        _blocks.Add(new BlockShape(
            BlockKind.Convolution, _channels, _positions, 0, new BlockWork(_convolutions.ForRequest(_positions), default, default)));
        _convolutions = default;
    }

    private void AddTransformer(string path, int blocks)
    {
        // The group norm before them.
        Parameters += 2L * _channels;
        foreach (var block in UNetTransformerLayers.Of(config, path, _channels, _positions, textTokens, blocks))
        {
            Parameters += block.Parameters;
            _blocks.Add(block.ToShape());
        }
    }
}
