using SimServe.Policies;

namespace SimServe.GpuBackend.Models.Shapes;

/// <summary>What some layers cost, and their weights.</summary>
/// <param name="Work">Their operations.</param>
/// <param name="Parameters">Their weights.</param>
internal readonly record struct LayerCost(Work Work, long Parameters)
{
    /// <summary>Both.</summary>
    public static LayerCost operator +(LayerCost left, LayerCost right) => new(left.Work + right.Work, left.Parameters + right.Parameters);

    /// <summary>A linear layer at one position.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="bias">Whether it has a bias.</param>
    public static LayerCost Linear(long inputs, long outputs, bool bias = true) =>
        new(default(Work) with { LinearFlops = 2 * inputs * outputs }, (inputs * outputs) + (bias ? outputs : 0));

    /// <summary>A convolution with bias at one output position.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Side of its kernel.</param>
    public static LayerCost Convolution(long inputs, long outputs, int kernel)
    {
        var weights = inputs * outputs * kernel * kernel;
        return new(default(Work) with { ConvolutionFlops = 2 * weights }, weights + outputs);
    }

    /// <summary>Scores and values of one query in all heads.</summary>
    /// <param name="keys">Tokens it attends to.</param>
    /// <param name="width">Channels of all heads.</param>
    public static LayerCost Attention(long keys, long width) => new(default(Work) with { AttentionFlops = 4 * keys * width }, 0);

    /// <summary>Weights that no multiplication is counted for: norms, tables.</summary>
    /// <param name="count">How many.</param>
    public static LayerCost Weights(long count) => new(default, count);

    /// <summary>The same layers at several positions: the weights are there once.</summary>
    /// <param name="positions">0 or more.</param>
    public LayerCost At(long positions) => this with { Work = Work.Times(positions) };

    /// <summary>As many layers of the same sizes.</summary>
    /// <param name="count">0 or more.</param>
    public LayerCost Copies(long count) => new(Work.Times(count), Parameters * count);

    /// <summary>The operations alone, for layers whose weights are counted elsewhere.</summary>
    public LayerCost WithoutWeights() => this with { Parameters = 0 };

    /// <summary>The operations of one request.</summary>
    /// <param name="rows">Token rows that run through.</param>
    public Work ForRequest(long rows) => Work with { Members = 1, Rows = rows };
}
