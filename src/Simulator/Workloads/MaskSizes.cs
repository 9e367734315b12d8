using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Numbers of masked tokens by their quantiles, without a quantile function for most requests.</summary>
/// <remarks>
/// Quantiles never decrease: where both ends of a small interval of probabilities mean the same number of tokens, so does all between them. Only the other
/// intervals ask the distribution, whose inverse is what drawing a request would mostly be spent on.
/// </remarks>
internal sealed class MaskSizes
{
    private const int Intervals = 4096;

    private readonly MaskRatioDistribution _ratios;
    private readonly TokenGrid _grid;
    private readonly int[] _tokens;

    public MaskSizes(MaskRatioDistribution ratios, TokenGrid grid)
    {
        (_ratios, _grid) = (ratios, grid);
        _tokens = new int[Intervals + 1];
        for (var end = 0; end < _tokens.Length; end++)
        {
            _tokens[end] = Exact((double)end / Intervals);
        }
    }

    public int Tokens(double probability)
    {
        var interval = (int)(probability * Intervals);
        var tokens = _tokens[interval];
        return tokens == _tokens[interval + 1] ? tokens : Exact(probability);
    }

    private int Exact(double probability) => MaskShapes.TokensFor(_ratios.Quantile(probability), _grid);
}
