namespace SimServe.Policies.Batching;

// When the members of a batch would be done, with and without one more. Members lie in order of leaving, so that the phases between two departures can be read off. All times are ticks.
internal sealed class BatchOutlook(int maxBatchSize)
{
    private const long Never = long.MaxValue;

    private readonly int[] _steps = new int[maxBatchSize];
    private readonly int[] _tokens = new int[maxBatchSize];
    private readonly long[] _deadlines = new long[maxBatchSize];
    private IBatchView? _batch;
    private int _count;
    private int _allTokens;
    private bool _isPromised;

    // Steps until somebody leaves.
    public int StepsToFirstLeave => _count == 0 ? 0 : _steps[0];

    // Of a step until then.
    public TimeSpan FirstStepTime => _batch!.StepTime(_count, _allTokens);

    public void Read(IBatchView batch)
    {
        (_batch, _count, _allTokens, _isPromised) = (batch, 0, 0, false);
        for (var i = 0; i < batch.Running; i++)
        {
            var member = batch.Member(i);
            Add(member.MaskedTokens, member.Steps, member.Deadline);
        }
    }

    public void Add(int maskedTokens, int steps, Instant? deadline)
    {
        if (steps <= 0)
        {
            return;
        }

        var place = _count++;
        for (; place > 0 && _steps[place - 1] > steps; place--)
        {
            (_steps[place], _tokens[place], _deadlines[place]) = (_steps[place - 1], _tokens[place - 1], _deadlines[place - 1]);
        }

        (_steps[place], _tokens[place], _deadlines[place]) = (steps, maskedTokens, deadline?.Ticks ?? Never);
        _allTokens += maskedTokens;
        _isPromised |= deadline is not null;
    }

    // Whether a request could join after so many steps, fewer than until somebody leaves, without a member missing a deadline that it would meet otherwise.
    public bool Takes(in WaitingRequest request, int after)
    {
        if (!_isPromised)
        {
            return true;
        }

        var (without, with, step, tokens) = (_batch!.Boundary.Ticks + _batch.Delivery.Ticks, 0L, 0, _allTokens);
        for (var i = 0; i < _count; i++)
        {
            var (length, members) = (_steps[i] - step, _count - i);
            if (length > 0)
            {
                // Of this phase's steps those that the request would share.
                var shared = Math.Max(0, Math.Min(_steps[i], after + request.Steps) - Math.Max(step, after));
                var alone = _batch.StepTime(members, tokens).Ticks;
                without += length * alone;
                with += shared == 0 ? 0 : shared * (_batch.StepTime(members + 1, tokens + request.MaskedTokens).Ticks - alone);
                step = _steps[i];
            }

            if (without <= _deadlines[i] && without + with > _deadlines[i] && _deadlines[i] != Never)
            {
                return false;
            }

            tokens -= _tokens[i];
        }

        return true;
    }

    // The fewest steps, fewer than until somebody leaves, after which a request could join that cannot now; 0 where there are none. The later it joins, the fewer steps are longer for it.
    public int StepsUntilTaken(in WaitingRequest request)
    {
        var (low, high) = (1, StepsToFirstLeave);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Takes(request, middle) ? (low, middle) : (middle + 1, high);
        }

        return low < StepsToFirstLeave ? low : 0;
    }
}
