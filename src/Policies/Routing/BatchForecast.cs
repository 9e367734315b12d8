using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

// A batch whose members leave one after the other while an arrival may or may not be among them. Kept in order of leaving, so that the phases
// between two departures can be read off. All times are ticks.
internal sealed class BatchForecast
{
    private readonly StepPlanner _planner;

    // For every member: the step after which it leaves; masked tokens of it and those behind it; which of those load nothing; ticks of a step until it leaves; ticks until it leaves.
    private readonly int[] _leaves;
    private readonly int[] _tokens;
    private readonly ResidentPart[] _resident;
    private readonly long[] _stepTicks;
    private readonly long[] _elapsed;

    // Of the size of its images.
    private StepPlanner _times;

    public BatchForecast(StepPlanner planner, int maxBatchSize)
    {
        _planner = _times = planner;
        _leaves = new int[maxBatchSize];
        _tokens = new int[maxBatchSize];
        _resident = new ResidentPart[maxBatchSize];
        _stepTicks = new long[maxBatchSize];
        _elapsed = new long[maxBatchSize];
    }

    public int Count { get; private set; }

    // The step after which nobody of it is left, and when that is.
    public int LastStep => Count == 0 ? 0 : _leaves[Count - 1];

    public long LastElapsed => Count == 0 ? 0 : _elapsed[Count - 1];

    // Until somebody leaves: how many steps, how long one takes, and the masked tokens of all. Once it is prepared.
    public int FirstStep => Count == 0 ? 0 : _leaves[0];

    public long FirstStepTicks => Count == 0 ? 0 : _stepTicks[0];

    public int MaskedTokens => Count == 0 ? 0 : _tokens[0];

    public void Clear() => Count = 0;

    // Whether a request's image has the batch's size; an empty batch takes any.
    public bool Fits(TokenGrid grid)
    {
        var sized = _planner.For(grid);
        _times = Count == 0 ? sized : _times;
        return ReferenceEquals(sized, _times);
    }

    // How long it goes on from a step on without an arrival.
    public long TimeFrom(int step) => Math.Max(0, LastElapsed - Elapsed(Math.Min(step, LastStep)));

    // Takes a member in that has already been served some of its remaining steps.
    public void Join(OutstandingRequest request, int stepsDone, bool resident)
    {
        var leaves = request.RemainingSteps - stepsDone;
        if (leaves <= 0)
        {
            return;
        }

        var place = Count++;
        for (; place > 0 && _leaves[place - 1] > leaves; place--)
        {
            (_leaves[place], _tokens[place], _resident[place]) = (_leaves[place - 1], _tokens[place - 1], _resident[place - 1]);
        }

        (_leaves[place], _tokens[place], _resident[place]) = (leaves, request.MaskedTokens, resident ? new ResidentPart(1, request.MaskedTokens) : default);
    }

    // Plays until somebody leaves and returns how long that takes.
    public long PlayToNextLeave()
    {
        var (steps, tokens, gone, resident) = (_leaves[0], 0, 0, default(ResidentPart));
        for (var i = 0; i < Count; i++)
        {
            tokens += _tokens[i];
            resident = Sum(resident, _resident[i]);
            gone += _leaves[i] == steps ? 1 : 0;
        }

        var ticks = steps * _times.Ticks(Count, tokens, resident);
        for (var i = gone; i < Count; i++)
        {
            (_leaves[i - gone], _tokens[i - gone], _resident[i - gone]) = (_leaves[i] - steps, _tokens[i], _resident[i]);
        }

        Count -= gone;
        return ticks;
    }

    // Call once when everybody has joined: prices the phases.
    public void Prepare()
    {
        var (sum, resident) = (0, default(ResidentPart));
        for (var i = Count - 1; i >= 0; i--)
        {
            sum += _tokens[i];
            resident = Sum(resident, _resident[i]);
            (_tokens[i], _resident[i], _stepTicks[i]) = (sum, resident, 0);
        }

        var (step, elapsed) = (0, 0L);
        for (var i = 0; i < Count; i++)
        {
            // Of members that leave together only the first stands for a phase.
            if (_leaves[i] > step)
            {
                _stepTicks[i] = _times.Ticks(Count - i, _tokens[i], _resident[i]);
                elapsed += (_leaves[i] - step) * _stepTicks[i];
                step = _leaves[i];
            }

            _elapsed[i] = elapsed;
        }
    }

    // Time of some steps from a step on, had the arrival no work while others are there, and this for a step of its own. A step with the arrival
    // is no shorter.
    private long TimeWithout(int from, int steps, long alone)
    {
        var end = from + steps;
        var rest = end - Math.Max(LastStep, from);
        return rest >= 0
            ? LastElapsed - Elapsed(from) + (rest * alone)
            : Elapsed(end) - Elapsed(from);
    }

    // Time of the arrival's steps from a step on, or long.MaxValue if it exceeds a limit.
    public long TimeWith(int from, int steps, int maskedTokens, bool resident, long alone, long limit)
    {
        var (step, end, time) = (from, from + steps, 0L);
        var bound = TimeWithout(from, steps, alone);
        for (var i = 0; i < Count && step < end; i++)
        {
            // What is left takes at least as long as without the arrival.
            if (time + bound > limit)
            {
                return long.MaxValue;
            }

            var until = Math.Min(_leaves[i], end);
            if (until > step)
            {
                time += (until - step) * _times.Ticks(Count - i + 1, _tokens[i] + maskedTokens, resident ? _resident[i].And(maskedTokens) : _resident[i]);
                bound -= (until - step) * _stepTicks[i];
                step = until;
            }
        }

        time += (end - step) * alone;
        return time > limit ? long.MaxValue : time;
    }

    private static ResidentPart Sum(ResidentPart first, ResidentPart second) => new(first.Members + second.Members, first.MaskedTokens + second.MaskedTokens);

    private long Elapsed(int step)
    {
        if (step == 0)
        {
            return 0;
        }

        var i = 0;
        while (i < Count && _leaves[i] < step)
        {
            i++;
        }

        return i == Count ? LastElapsed : _elapsed[i] - ((_leaves[i] - step) * _stepTicks[i]);
    }
}
