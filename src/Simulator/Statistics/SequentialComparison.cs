namespace SimServe.Simulator.Statistics;

/// <summary>Compares variants on the same replications until every verdict is clear or the replications are spent.</summary>
/// <remarks>
/// The error is shared equally by the pairs and within a pair by its looks (<see cref="LookSchedule"/>), so that with the stated
/// confidence no interval of the run misses. A pair whose verdict is clear keeps it and costs no more replications.
/// </remarks>
public sealed class SequentialComparison
{
    private readonly SequentialOptions _options;
    private readonly Func<int, int, double> _sample;
    private readonly List<double>[] _samples;

    /// <summary>Creates a comparison.</summary>
    /// <param name="options">How long, how certain.</param>
    /// <param name="sample">
    /// The metric, a finite number, of a variant (from 0) in a replication (from 0). Called on several threads at once, in any order; it must depend on
    /// nothing but its arguments, and use the same random numbers for every variant of a replication.
    /// </param>
    public SequentialComparison(SequentialOptions options, Func<int, int, double> sample)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Variants, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Threads);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Indifference);
        (_options, _sample) = (options, sample);
        _samples = [.. Enumerable.Range(0, options.Variants).Select(static _ => new List<double>())];
    }

    /// <summary>Runs it.</summary>
    /// <param name="looked">Told after every look how many replications there are and how many pairs are undecided, or <c>null</c>.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public SequentialResult Run(Action<int, int>? looked = null, CancellationToken cancellation = default)
    {
        var pairs = new PairedComparison?[_options.Variants - 1];
        foreach (var look in LookSchedule.Of(_options.MostReplications, (1 - _options.Confidence) / pairs.Length))
        {
            var open = Enumerable.Range(0, pairs.Length).Where(pair => pairs[pair] is null or { Verdict: Verdict.CannotTellYet }).ToArray();
            if (open.Length == 0)
            {
                break;
            }

            Extend([0, .. open.Select(static pair => pair + 1)], look.Replications, cancellation);
            foreach (var pair in open)
            {
                pairs[pair] = PairedComparison.Of([.. _samples[0]], [.. _samples[pair + 1]], look.Error, _options.Indifference);
            }

            looked?.Invoke(look.Replications, pairs.Count(static pair => pair!.Verdict == Verdict.CannotTellYet));
        }

        return new SequentialResult(_samples, pairs!);
    }

    // Every sample has its place before it is drawn: the order in which threads finish does not matter.
    private void Extend(int[] variants, int count, CancellationToken cancellation)
    {
        var start = _samples[0].Count;
        var added = new double[variants.Length * (count - start)];
        Parallel.For(
            0,
            added.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Threads, CancellationToken = cancellation },
            index => added[index] = _sample(variants[index % variants.Length], start + (index / variants.Length)));
        for (var index = 0; index < added.Length; index++)
        {
            _samples[variants[index % variants.Length]].Add(added[index]);
        }
    }
}
