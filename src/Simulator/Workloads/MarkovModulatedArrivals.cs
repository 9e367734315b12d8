using MathNet.Numerics.Distributions;
using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>A Markov-modulated Poisson process: an unseen state sets the rate, lasts an exponential time, and then gives way to another.</summary>
/// <remarks>
/// <para>
/// Every other state is equally likely to be next, so the share of time spent in a state is its mean sojourn over the sum of all, and the first
/// state is drawn by those shares: the process is stationary from the start. Its mean rate is the mean of the states' rates by those shares.
/// </para>
/// <para>
/// States are drawn from a stream that the first number of the arrivals' stream seeds; then one exponential number is drawn per request, and
/// time runs until the area under the rate has grown by it. So another rate leaves the states as they are. O(changes of state). Serves one run.
/// </para>
/// </remarks>
public sealed class MarkovModulatedArrivals : IArrivalProcess
{
    private const string StateStream = "arrivals:states";

    private readonly ModulatingState[] _states;
    private RandomStream? _changes;
    private int _state;
    private double _secondsLeft;

    /// <summary>Creates the process.</summary>
    /// <param name="states">At least 2, at least one of them with a rate above 0.</param>
    /// <exception cref="ArgumentException">There are too few states, or a value is out of range.</exception>
    public MarkovModulatedArrivals(IReadOnlyList<ModulatingState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        _states = [.. states];
        foreach (var state in _states)
        {
            ArrivalChecks.NotNegative(state.RequestsPerSecond);
            ArrivalChecks.Positive(state.MeanSojourn.TotalSeconds);
        }

        if (_states.Length < 2 || _states.All(static state => state.RequestsPerSecond == 0))
        {
            throw new ArgumentException("There must be at least 2 states, at least one of them with a rate above 0.", nameof(states));
        }
    }

    /// <inheritdoc/>
    public Instant Next(Instant previous, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _changes ??= Start(random);
        var (wanted, gap) = (Exponential.Sample(random, 1), 0.0);
        while (_states[_state].RequestsPerSecond * _secondsLeft is var area && (area < wanted || area == 0))
        {
            wanted -= area;
            gap += _secondsLeft;
            Enter(Other(_changes));
        }

        var rest = wanted / _states[_state].RequestsPerSecond;
        _secondsLeft = Math.Max(0, _secondsLeft - rest);
        return previous + Duration.FromSeconds(gap + rest);
    }

    private RandomStream Start(RandomStream random)
    {
        _changes = new RandomStream(random.NextInt64(), StateStream);
        Enter(Categorical.Sample(_changes, [.. _states.Select(static state => state.MeanSojourn.TotalSeconds)]));
        return _changes;
    }

    private void Enter(int state)
    {
        _state = state;
        _secondsLeft = Exponential.Sample(_changes, 1 / _states[state].MeanSojourn.TotalSeconds);
    }

    private int Other(RandomStream changes)
    {
        var other = changes.Next(_states.Length - 1);
        return other < _state ? other : other + 1;
    }
}
