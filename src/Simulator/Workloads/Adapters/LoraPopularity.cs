namespace SimServe.Simulator.Workloads.Adapters;

/// <summary>Popularity of LoRAs from the shares of the most popular ones.</summary>
/// <remarks>
/// Between two known ranks the cumulative share grows with the logarithm of the rank, which is Zipf's law with exponent 1 there; up to the
/// first all are equally popular. Sampled by its quantile function: one number per choice.
/// </remarks>
internal sealed class LoraPopularity
{
    private readonly (int Rank, double Share)[] _known;

    /// <param name="known">How many LoRAs have which share of uses together, both strictly increasing, the last one all of them and 1.</param>
    public LoraPopularity(params (int Rank, double Share)[] known) => _known = known;

    /// <summary>Number of LoRAs.</summary>
    public int Count => _known[^1].Rank;

    /// <summary>The LoRA at a quantile: 0, the most popular, to <see cref="Count"/> - 1.</summary>
    /// <param name="probability">From 0 to below 1.</param>
    public int Quantile(double probability)
    {
        var segment = 0;
        while (probability >= _known[segment].Share)
        {
            segment++;
        }

        var (last, end) = _known[segment];
        if (segment == 0)
        {
            return Math.Min((int)(probability / end * last), last - 1);
        }

        var (first, start) = _known[segment - 1];
        var place = (probability - start) / (end - start);

        // Rank r takes the logarithms from r + 1/2 to r + 3/2, so that the first rank of a segment is not half as likely as its law says.
        var rank = Math.Floor(Math.Exp(((1 - place) * Math.Log(first + 0.5)) + (place * Math.Log(last + 0.5))) - 0.5);
        return Math.Clamp((int)rank, first, last - 1);
    }
}
