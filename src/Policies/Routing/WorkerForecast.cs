using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Routing;

// One worker's predicted future up to the step at which an arrival could join, and its batch from there on. Worked out once for each of the
// worker's versions: a decision in between only reads it. All times are ticks.
internal sealed class WorkerForecast(StepPlanner times, int maxBatchSize, bool seesCaches)
{
    private readonly BatchForecast _batch = new(times, maxBatchSize);
    private IWorkerView? _view;
    private long _version;
    private long _asOf;
    private int _running;
    private int _waiting;
    private int _least;
    private int _tokens;
    private TokenGrid _grid;
    private long _stepTicks;
    private int _playedFrom;
    private long _queueing;
    private int _stepsAhead;
    private long _boundary;
    private long _boundaryBefore;

    private bool IsFull => _running >= maxBatchSize;

    // Without a queue the batch's own steps are all there is before the arrival joins, so that its future need not be played again at every boundary.
    private bool StartsAtView => _waiting == 0 && !IsFull;

    // When the arrival would join.
    public long Joins => _boundary + _queueing;

    public void Observe(IWorkerView view, long now)
    {
        // Snapshots without a version may change hands; anything else is the same as long as its version is.
        var version = view.Version;
        if (!ReferenceEquals(view, _view) || version != _version || version <= 0)
        {
            Read(view, version);
        }
        else if (now <= _boundary && now > _boundaryBefore)
        {
            return;
        }

        Locate(now);
        if (_playedFrom != _stepsAhead && !(StartsAtView && _playedFrom >= 0))
        {
            Play();
        }
    }

    // Of a worker that does nothing all is relative to the present, and one without a queue goes on at its pace: both looks stay true.
    public Outlook Look()
    {
        var (idle, underWay) = (_running == 0, _running > 0 && StartsAtView);
        var start = idle ? _queueing : underWay ? _asOf : Joins;
        return new Outlook
        {
            ValidUntil = idle || underWay ? long.MaxValue : _boundary,
            FromNow = idle,
            UnderWay = underWay,
            AsOf = start,
            Emptied = start + _batch.LastElapsed,
            StepsInCompany = _batch.LastStep,
            StepsToLeave = _batch.FirstStep,
            StepTicks = _batch.FirstStepTicks,
            Members = _batch.Count,
            MaskedTokens = _batch.MaskedTokens,
        };
    }

    // The same for an arrival whose image has a size that others need not have: it joins who is of its size, and else an empty batch.
    public long Finish(int steps, int maskedTokens, bool resident, TokenGrid grid, long limit)
    {
        var alone = times.For(grid).Ticks(1, maskedTokens, resident ? new ResidentPart(1, maskedTokens) : default);
        if (_batch.Fits(grid))
        {
            return Finish(steps, maskedTokens, resident, alone, limit);
        }

        var finish = Joins + _batch.TimeFrom(Offset) + (steps * alone);
        return finish > limit ? long.MaxValue : finish;
    }

    // When the arrival is done, or long.MaxValue if that is after a limit.
    public long Finish(int steps, int maskedTokens, bool resident, long alone, long limit)
    {
        var time = _batch.TimeWith(Offset, steps, maskedTokens, resident, alone, limit - Joins);
        return time == long.MaxValue ? time : Joins + time;
    }

    private int Offset => StartsAtView ? _stepsAhead : 0;

    private void Read(IWorkerView view, long version)
    {
        (_view, _version, _asOf) = (view, version, view.AsOf.Ticks);
        (_running, _waiting, _playedFrom, _least) = (view.Running, view.Waiting, -1, int.MaxValue);
        _tokens = 0;
        var resident = default(ResidentPart);
        for (var i = 0; i < _running; i++)
        {
            var member = view.Outstanding(i);
            _tokens += member.MaskedTokens;
            resident = IsResident(view, member.Template) ? resident.And(member.MaskedTokens) : resident;
            _least = Math.Min(_least, member.RemainingSteps);
        }

        _grid = _running == 0 ? default : view.Outstanding(0).Grid;
        _stepTicks = _running == 0 ? 1 : times.For(_grid).Ticks(_running, _tokens, resident);
    }

    // The boundary at which somebody may join: the next one, or for a full batch the one at which a member leaves. A worker that is late, as real
    // ones are, is expected to get there now.
    private void Locate(long now)
    {
        if (_running == 0)
        {
            (_stepsAhead, _boundary, _boundaryBefore) = (0, now, now);
            return;
        }

        var begun = Math.Max(0, now - _asOf);
        _stepsAhead = IsFull ? _least : (int)Math.Min(_least, (begun + _stepTicks - 1) / _stepTicks);
        var end = _asOf + (_stepsAhead * _stepTicks);
        _boundary = Math.Max(now, end);
        _boundaryBefore = IsFull ? Math.Min(_asOf, now) - 1 : end - _stepTicks;
    }

    private bool IsResident(IWorkerView view, TemplateId template) => seesCaches && view.KeepsTemplates && view.IsResident(template);

    private void Play()
    {
        var view = _view!;
        _playedFrom = _stepsAhead;
        _batch.Clear();
        _batch.Fits(_grid);
        for (var i = 0; i < _running; i++)
        {
            var member = view.Outstanding(i);
            _batch.Join(member, StartsAtView ? 0 : _stepsAhead, IsResident(view, member.Template));
        }

        _queueing = 0;
        var (next, all) = (_running, _running + _waiting);
        while (true)
        {
            while (next < all && _batch.Count < maxBatchSize && view.Outstanding(next) is var waiting && _batch.Fits(waiting.Grid))
            {
                _batch.Join(waiting, 0, IsResident(view, waiting.Template));
                next++;
            }

            if (next == all && _batch.Count < maxBatchSize)
            {
                break;
            }

            _queueing += _batch.PlayToNextLeave();
        }

        _batch.Prepare();
    }
}
