namespace SimServe.Simulator.Planning;

/// <summary>The cheapest fleet of two kinds of device, if it is cheaper than what is known.</summary>
/// <param name="question">The question.</param>
/// <param name="evaluator">Simulates.</param>
/// <param name="facts">What is known of the kinds of device.</param>
/// <remarks>
/// Candidates are tried by rising price, so the first that meets the objective is the cheapest. Left out are those that cannot carry the load or the share of
/// it that the other kind cannot serve in time, those dearer than the best known, those with no more workers of either kind than one that missed, and kinds that another one beats in price and speed.
/// </remarks>
internal sealed class MixSearch(CapacityQuestion question, FleetEvaluator evaluator, IReadOnlyList<OptionFacts> facts)
{
    private const int MostTried = 60;

    private readonly double _rate = LongRunRate.Of(question.Workload);
    private readonly List<Fleet> _missed = [];

    public int Tried { get; private set; }

    public int Left { get; private set; }

    // The needed fleet, or null. Counts: the least of each kind alone; null where that is not possible.
    public Fleet? Find(IReadOnlyList<int?> counts, double bestUsdPerHour)
    {
        var candidates = Candidates(counts, bestUsdPerHour).OrderBy(UsdPerHour).ThenBy(static fleet => fleet.First).ThenBy(static fleet => fleet.FirstCount).ToArray();
        for (var i = 0; i < candidates.Length; i++)
        {
            if (_missed.Exists(missed => IsNoMoreThan(candidates[i], missed)))
            {
                continue;
            }

            if (Tried == MostTried)
            {
                Left = candidates.Length - i;
                return null;
            }

            Tried++;
            if (!evaluator.Meets(candidates[i]))
            {
                _missed.Add(candidates[i]);
            }
            else if (SurvivesAnyLoss(candidates[i]))
            {
                return candidates[i];
            }
        }

        return null;
    }

    // The faster kind is the spare: whichever worker is lost, what is left is no slower than the needed fleet.
    public Fleet WithSpares(Fleet fleet) => fleet.With(Faster(fleet), question.Spares);

    private int Faster(Fleet fleet) =>
        facts[fleet.Second].RequestsPerSecond > facts[fleet.First].RequestsPerSecond ? fleet.Second : fleet.First;

    private bool SurvivesAnyLoss(Fleet fleet)
    {
        var slower = Faster(fleet) == fleet.First ? fleet.Second : fleet.First;
        return question.Spares == 0 || evaluator.Meets(WithSpares(fleet).With(slower, -1));
    }

    private double UsdPerHour(Fleet fleet) => WithSpares(fleet).UsdPerHour(question.Options);

    private static bool IsNoMoreThan(Fleet fleet, Fleet missed) =>
        fleet.First == missed.First && fleet.Second == missed.Second && fleet.FirstCount <= missed.FirstCount && fleet.SecondCount <= missed.SecondCount;

    private IEnumerable<Fleet> Candidates(IReadOnlyList<int?> counts, double bestUsdPerHour) =>
        from first in facts
        from second in facts
        where first.Option < second.Option && IsUseful(first) && IsUseful(second)
            && question.Options[first.Option].Device.Name != question.Options[second.Option].Device.Name
        from firstCount in Range(counts, first.Option, bestUsdPerHour)
        from secondCount in Range(counts, second.Option, bestUsdPerHour)
        let fleet = new Fleet(first.Option, firstCount, second.Option, secondCount)
        where UsdPerHour(fleet) < bestUsdPerHour && Fits(fleet)
            && (firstCount * first.RequestsPerSecond) + (secondCount * second.RequestsPerSecond) > _rate
            && firstCount * first.RequestsPerSecond > OnlyBeside(second) && secondCount * second.RequestsPerSecond > OnlyBeside(first)
        select fleet;

    // Requests/s that the other kind must serve: this one has them too late even on an idle worker.
    private double OnlyBeside(OptionFacts kind) => _rate * (question.Objective.Attainment - kind.AttainmentAlone);

    // Any fleet with a kind that another one beats is no worse with that one in its place.
    private bool IsUseful(OptionFacts kind) => kind.Helps && !facts.Any(other => Beats(other, kind));

    private bool Beats(OptionFacts other, OptionFacts kind)
    {
        var (mine, its) = (question.Options[kind.Option], question.Options[other.Option]);
        return other.Helps && its.Most >= mine.Most && its.UsdPerHour <= mine.UsdPerHour
            && other.RequestsPerSecond >= kind.RequestsPerSecond && other.AloneSeconds <= kind.AloneSeconds
            && (its.UsdPerHour < mine.UsdPerHour || other.RequestsPerSecond > kind.RequestsPerSecond || other.Option < kind.Option);
    }

    private bool Fits(Fleet fleet)
    {
        var all = WithSpares(fleet);
        return all.FirstCount <= question.Options[all.First].Most && all.SecondCount <= question.Options[all.Second].Most;
    }

    // As many as would do alone need no second kind.
    private IEnumerable<int> Range(IReadOnlyList<int?> counts, int option, double bestUsdPerHour)
    {
        var affordable = (int)Math.Min(question.Options[option].Most, bestUsdPerHour / question.Options[option].UsdPerHour);
        return Enumerable.Range(1, Math.Max(0, Math.Min(affordable, counts[option] - 1 ?? affordable)));
    }
}
