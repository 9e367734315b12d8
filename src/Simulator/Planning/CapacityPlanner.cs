using SimServe.Simulator.Metrics;

namespace SimServe.Simulator.Planning;

/// <summary>Finds the cheapest fleet that meets an objective, by simulating fleets through the real policies.</summary>
public sealed class CapacityPlanner
{
    private const int Draws = 64;

    private readonly CapacityQuestion _question;
    private readonly OptionFacts[] _facts;
    private readonly FleetEvaluator _evaluator;
    private readonly FleetEvaluator _atHand;
    private readonly LeastCount _least;
    private readonly MixSearch _mixes;
    private readonly double _rate;
    private readonly Action<string>? _progress;

    /// <summary>Creates a planner.</summary>
    /// <param name="question">The question.</param>
    /// <param name="progress">Told in words what is being done, or <c>null</c>.</param>
    /// <param name="cancellation">Ends planning with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">There are no options, or the workload is invalid.</exception>
    public CapacityPlanner(CapacityQuestion question, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        if (question.Options.Count == 0)
        {
            throw new ArgumentException("A plan needs at least one kind of device.", nameof(question));
        }

        (_question, _progress, _rate) = (question, progress, LongRunRate.Of(question.Workload));
        var sample = new PlanWorkload(question.Workload, question.Model.Grid, question.Seed).Of(0, 1);
        var bounds = new RequestBounds(question.Objective, Reference(sample));
        var workload = new PlanWorkload(question.Workload, question.Model.Grid, question.Seed, bounds);
        var analysis = new OptionAnalysis(question, sample, bounds);
        _facts = [.. Enumerable.Range(0, question.Options.Count).Select(analysis.Of)];
        _evaluator = new FleetEvaluator(question, workload, bounds, cancellation);
        _atHand = new FleetEvaluator(question with { Hosts = null }, workload, bounds, cancellation);
        _least = new LeastCount(_evaluator, _rate);
        _mixes = new MixSearch(question, _evaluator, _facts);
    }

    /// <summary>Answers the question.</summary>
    public PlanResult Plan()
    {
        var (impossible, counts) = (new List<ImpossibleOption>(), new int?[_facts.Length]);
        foreach (var facts in _facts)
        {
            if (Explain(facts, counts) is { } reason)
            {
                impossible.Add(new ImpossibleOption(facts.Option, reason));
            }
        }

        var answers = counts.Select(static (count, option) => (count, option)).Where(static found => found.count is not null)
            .Select(found => Answer(new Fleet(found.option, found.count!.Value))).ToList();
        if (_question.Mixes && FindMix(answers, counts) is { } mix)
        {
            answers.Add(Answer(mix));
        }

        return Conclude([.. answers.OrderBy(static answer => answer.UsdPerHour)], impossible);
    }

    // The fastest option, or the one that the objective names: what "alone" means for the relative bound.
    private AloneLatency? Reference(Policies.Request[] sample)
    {
        if (_question.Objective.TimesAlone is null)
        {
            return null;
        }

        var named = _question.Options.Where(option => _question.Objective.ReferenceDevice is not { } name || option.Device.Name == name);
        return named.Select(option => new AloneLatency(_question.Model, option.Costs, _question.Policies))
            .MinBy(alone => alone.Seconds(sample[0].Mask.MaskedTokens, sample[0].Steps));
    }

    // Why the option cannot do it alone, or null and its least count.
    private string? Explain(OptionFacts facts, int?[] counts)
    {
        if (facts.Impossible is not null)
        {
            return facts.Impossible;
        }

        var option = _question.Options[facts.Option];
        var most = option.Most - _question.Spares;
        _progress?.Invoke($"{option.Label}: looking for the least number");
        counts[facts.Option] = _least.Find(facts, most);
        return counts[facts.Option] is null ? TooMany(facts, option, most) : null;
    }

    private string TooMany(OptionFacts facts, FleetOption option, int most)
    {
        var needed = _least.TooFew(facts) + 1;
        var allowed = $"at most {option.Most} are allowed" + (_question.Spares > 0 ? ", spare included" : "");
        return needed > most
            ? FormattableString.Invariant($"number of workers: {_rate:0.###} requests/s need at least {needed} {option.Device.Name} ({facts.RequestsPerSecond:0.###} requests/s each at best); {allowed}")
            : Missed(new Fleet(facts.Option, most), FormattableString.Invariant($"{most} {option.Device.Name}"), allowed);
    }

    // What would be reached with every template at hand tells whether the hosts bind, or the workers.
    private string Missed(Fleet fleet, string workers, string allowed)
    {
        var reached = FormattableString.Invariant($"{workers} reach {_evaluator.Evaluate(fleet).Attainment:0.0%} of {_question.Objective}");
        if (_question.Hosts is not null && _atHand.Evaluate(fleet) is { Verdict: FleetVerdict.Meets } free)
        {
            return FormattableString.Invariant($"templates' caches: {reached}; with every template at hand in every host {free.Attainment:0.0%}; {allowed}");
        }

        return $"number of workers: {reached}; {allowed}";
    }

    private Fleet? FindMix(List<PlanAnswer> answers, int?[] counts)
    {
        // Without a known answer the search is bounded by what the options allow.
        var best = answers.Count > 0
            ? answers.Min(static answer => answer.UsdPerHour)
            : _question.Options.OrderByDescending(static option => option.Most * option.UsdPerHour).Take(2).Sum(static option => option.Most * option.UsdPerHour);
        _progress?.Invoke("mixes of two kinds");
        return _mixes.Find(counts, best);
    }

    private PlanAnswer Answer(Fleet needed)
    {
        var evaluation = _evaluator.Evaluate(needed);
        var recommended = needed.IsMix ? _mixes.WithSpares(needed) : needed.With(needed.First, _question.Spares);
        var price = recommended.UsdPerHour(_question.Options);
        return new PlanAnswer
        {
            Needed = needed,
            Recommended = recommended,
            Evaluation = evaluation,
            UsdPerHour = price,
            UsdPerThousandGood = price / (_rate * 3600 * evaluation.Attainment) * 1000,
            Watts = Watts(needed, evaluation),
        };
    }

    private double? Watts(Fleet fleet, FleetEvaluation evaluation)
    {
        double? Kind(int option, int count, double busy) =>
            count * (_question.Options[option].IdleWatts + (busy * (_question.Options[option].LoadWatts - _question.Options[option].IdleWatts)));

        var first = Kind(fleet.First, fleet.FirstCount, evaluation.UtilisationByKind[0]);
        return fleet.IsMix ? first + Kind(fleet.Second, fleet.SecondCount, evaluation.UtilisationByKind[1]) : first;
    }

    private PlanResult Conclude(PlanAnswer[] answers, List<ImpossibleOption> impossible)
    {
        for (var i = 0; i < Math.Min(_question.AnswersWithHeadroom, answers.Length); i++)
        {
            _progress?.Invoke($"{answers[i].Needed.Describe(_question.Options)}: headroom");
            var headroom = new HeadroomSearch(_evaluator, _rate);
            answers[i] = answers[i] with
            {
                HeadroomRequestsPerSecond = headroom.Find(answers[i].Needed, MostRate(answers[i].Needed), _question.Objective.Attainment),
            };
        }

        var best = answers.FirstOrDefault();
        return new PlanResult
        {
            Answers = answers,
            Impossible = impossible,
            Facts = _facts,
            Probability = best is null ? null : Probability(best),
            AtMoreLoad = best is null ? null : Sensible(best.Needed, PlanResult.MoreLoad),
            OneFewer = best is null ? null : OneFewer(best.Needed),
            Evaluations = _evaluator.AtTheLoad,
            MixesTried = _mixes.Tried,
            MixesLeft = _mixes.Left,
            FleetsSimulated = _evaluator.Simulated,
            Replications = _evaluator.Runs,
        };
    }

    private double MostRate(Fleet fleet) => (fleet.FirstCount * _facts[fleet.First].RequestsPerSecond)
        + (fleet.IsMix ? fleet.SecondCount * _facts[fleet.Second].RequestsPerSecond : 0);

    private FleetEvaluation? Sensible(Fleet fleet, double load) =>
        MostRate(fleet) > load * _rate ? _evaluator.Evaluate(fleet, load) : null;

    private FleetEvaluation? OneFewer(Fleet fleet)
    {
        var cheaper = fleet.IsMix && _question.Options[fleet.Second].UsdPerHour < _question.Options[fleet.First].UsdPerHour ? fleet.Second : fleet.First;
        return fleet.Workers > 1 ? Sensible(fleet.With(cheaper, -1), 1) : null;
    }

    private MeetingProbability Probability(PlanAnswer best)
    {
        if (_question.CalibrationError is not { } error)
        {
            var sure = best.Evaluation.Confidence;
            return new MeetingProbability(sure, sure, sure, 0, $"sampling: {best.Evaluation.Replications} replications; the error of the cost models is not known and not covered");
        }

        _progress?.Invoke($"{best.Needed.Describe(_question.Options)}: {Draws} draws of the calibration error");
        var meets = _evaluator.MeetsUnder(best.Needed, error.Draw(_question.Seed, Draws)).Count(static met => met);
        var (low, high) = Confidence.Wilson95(meets, Draws);
        return new MeetingProbability(
            (double)meets / Draws, low, high, Draws,
            FormattableString.Invariant($"sampling, and the error of the cost models: one lognormal factor on all compute times, standard deviation of its logarithm {error.LogStandardDeviation:0.###} ({error.Source})"));
    }
}
