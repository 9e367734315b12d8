namespace SimServe.Policies.Serving;

/// <summary>All that a serving loop learnt from its clock and its devices, in the order in which it learnt it.</summary>
/// <remarks>
/// The loop and its policies are deterministic: fed with a recording they must decide again what they decided. That is how the simulator's loop is held against a run on real devices whose
/// times nobody could have predicted to the microsecond. Used by the loop's thread only.
/// </remarks>
public sealed class RunRecording
{
    /// <summary>Stands among the answers for a request that lacks nothing; otherwise the cause stands there.</summary>
    public const int LacksNothing = -1;

    /// <summary>Stands among the answers where a device was asked how long a template would take and did not know; otherwise two numbers stand there, in ticks.</summary>
    public const int KnowsNothing = -1;

    private readonly List<Wake> _wakes = [];
    private readonly List<Instant> _reads = [];
    private readonly Dictionary<int, List<long>> _answers = [];

    /// <summary>Waits that ended, in order.</summary>
    public IReadOnlyList<Wake> Wakes => _wakes;

    /// <summary>What the clock said whenever it was looked at, in order.</summary>
    public IReadOnlyList<Instant> Reads => _reads;

    /// <summary>What a worker's device answered at once (what it holds, what a request lacks), in order.</summary>
    /// <param name="worker">The worker.</param>
    public IReadOnlyList<long> AnswersOf(int worker) => _answers.GetValueOrDefault(worker) ?? [];

    internal Instant Read(Instant now)
    {
        _reads.Add(now);
        return now;
    }

    internal void Add(in Wake wake) => _wakes.Add(wake);

    internal long Answered(int worker, long answer)
    {
        if (!_answers.TryGetValue(worker, out var answers))
        {
            _answers.Add(worker, answers = []);
        }

        answers.Add(answer);
        return answer;
    }
}
