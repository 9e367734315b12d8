using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>workload.arrivals</c>: a kind and its parameters.</summary>
internal static class ArrivalReader
{
    private const double ShortestSeconds = 0.001;
    private const double LongestSeconds = 1e9;
    private const double MostMultiplier = 1000;

    // Rarer arrivals would take a run out of the range of instants.
    private const double LeastMeanMultiplier = 0.001;

    public static ArrivalPattern? Read(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        // Without a kind nobody can tell which other keys are right.
        var kind = section.Choice("kind", ArrivalPattern.Kinds, null);
        if (kind.Length == 0)
        {
            return null;
        }

        var pattern = ReadKind(section, kind);
        section.Close();
        return pattern;
    }

    private static ArrivalPattern ReadKind(JsonSection section, string kind) => kind switch
    {
        PoissonPattern.Kind => new PoissonPattern(),
        ConstantPattern.Kind => new ConstantPattern(),
        GammaPattern.Kind => new GammaPattern(ReadVariation(section)),
        WeibullPattern.Kind => new WeibullPattern(ReadVariation(section)),
        PiecewisePattern.Kind => ReadPiecewise(section),
        DiurnalPattern.Kind => new DiurnalPattern(section.Number("relativeAmplitude", 0, 1, null), ReadSeconds(section, "periodSeconds")),
        SpikesPattern.Kind => ReadSpikes(section),
        MarkovModulatedPattern.Kind => ReadMarkovModulated(section),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Every kind of arrivals must be read."),
    };

    private static double ReadVariation(JsonSection section) =>
        section.Number("coefficientOfVariation", ArrivalChecks.LeastVariation, ArrivalChecks.MostVariation, null);

    private static double ReadSeconds(JsonSection section, string name) => section.Number(name, ShortestSeconds, LongestSeconds, null);

    private static double ReadMultiplier(JsonSection section) => section.Number("multiplier", 0, MostMultiplier, null);

    private static PiecewisePattern ReadPiecewise(JsonSection section)
    {
        var (pieces, faults) = (new List<PatternPiece>(), section.FaultCount);
        foreach (var piece in section.Sections("pieces", required: true))
        {
            pieces.Add(new PatternPiece(ReadSeconds(piece, "seconds"), ReadMultiplier(piece)));
            piece.Close();
        }

        CheckMean(section, "pieces", faults, [.. pieces.Select(static piece => (piece.Seconds, piece.Multiplier))]);
        return new PiecewisePattern(pieces);
    }

    private static MarkovModulatedPattern ReadMarkovModulated(JsonSection section)
    {
        var (states, faults) = (new List<PatternState>(), section.FaultCount);
        foreach (var state in section.Sections("states", required: true))
        {
            states.Add(new PatternState(ReadMultiplier(state), ReadSeconds(state, "meanSojournSeconds")));
            state.Close();
        }

        if (states.Count == 1)
        {
            section.Note(section.Key("states"), "one state", "a list [ ... ] of at least two", "Add a state, or use kind \"poisson\".");
        }

        CheckMean(section, "states", faults, [.. states.Select(static state => (state.MeanSojournSeconds, state.Multiplier))]);
        return new MarkovModulatedPattern(states);
    }

    // What has faults already has no mean.
    private static void CheckMean(JsonSection section, string name, int faultsBefore, (double Seconds, double Multiplier)[] parts)
    {
        var mean = parts.Sum(static part => part.Seconds * part.Multiplier) / parts.Sum(static part => part.Seconds);
        if (section.FaultCount == faultsBefore && mean < LeastMeanMultiplier)
        {
            section.Note(section.Key(name), $"a mean multiplier of {mean:0.######}", $"a mean of at least {LeastMeanMultiplier}", "Raise a multiplier.");
        }
    }

    private static SpikesPattern ReadSpikes(JsonSection section)
    {
        var spikes = new List<PatternSpike>();
        PatternSpike? last = null;
        foreach (var item in section.Sections("spikes", required: true))
        {
            var faults = section.FaultCount;
            var spike = new PatternSpike(item.Number("atSeconds", 0, LongestSeconds, null), ReadSeconds(item, "seconds"), ReadMultiplier(item));
            if (section.FaultCount == faults)
            {
                CheckOrder(item, last, spike);
                last = spike;
            }

            spikes.Add(spike);
            item.Close();
        }

        return new SpikesPattern(spikes);
    }

    private static void CheckOrder(JsonSection item, PatternSpike? last, PatternSpike spike)
    {
        if (last is not null && Duration.FromSeconds(spike.AtSeconds) < Duration.FromSeconds(last.EndSeconds))
        {
            item.Note(
                item.Key("atSeconds"), $"{spike.AtSeconds}", $"at least {last.EndSeconds}, the end of the spike before it",
                "Put spikes in order of time and do not let them overlap.");
        }
    }
}
