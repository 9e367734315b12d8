using SimServe.Policies.AddOns;

namespace SimServe.Policies.Serving;

// A worker's ControlNets and LoRAs: what must be loaded or merged before its batch can step, and how far it may step without.
internal sealed partial class Worker
{
    private readonly Completion<bool> _loras = new();

    // What is merged into the weights, and what shall be.
    private AdapterSet _merged = AdapterSet.None;
    private AdapterSet _merging = AdapterSet.None;

    private bool _isFetchingAhead;

    // LoRAs arrived, or a member left, since the worker last looked.
    private bool _hasNews;

    // What a worker with a batch does next.
    private enum Turn
    {
        Step,
        LoadControlNet,
        Merge,
        AwaitLoras,
    }

    private void BeginAddOns(Course course)
    {
        _addOns.Place(course, Id);
        foreach (var use in course.Controls)
        {
            // Devices that run ControlNets load beside everything else; a worker itself only when the batch comes to it.
            if (use.Device is not null && !_addOns.HostOf(use, this).Holds(use.ControlNet))
            {
                _ = LoadAhead(course, course.Request.Id, use);
            }
        }

        if (course.Request.Adapters.Loras.Count > 0 && _addOns.Loras.FetchesAhead && !Device.HoldsLoras(course.Request.Adapters))
        {
            _ = Fetch(course);
        }

        _addOns.NoteUses(course, _clock.Now);
        FetchAhead();
    }

    // While nobody has asked for anything the device's link may bring what will be asked for.
    private void FetchAhead()
    {
        if (!_isFetchingAhead && Fault is null && _addOns.NextToFetch(Device) is { } adapter)
        {
            _ = FetchAhead(adapter);
        }
    }

    private async Pending FetchAhead(Adapter adapter)
    {
        _isFetchingAhead = true;
        for (Adapter? next = adapter; next is { } chosen && Fault is null; next = _addOns.NextToFetch(Device))
        {
            var report = await Device.AdapterStore!.Fetch(chosen);
            if (report.Fault is { } fault)
            {
                Fail(fault);
            }
            else if (report.Refusal is not null)
            {
                _addOns.CannotFetch(chosen);
            }
        }

        _isFetchingAhead = false;
    }

    // Nothing waits for it: who needs it later loads it then, and hears of a fault.
    private async Pending LoadAhead(Course course, RequestId request, ControlUse use)
    {
        var report = await _addOns.HostOf(use, this).Load(use.ControlNet);
        if (report.Refusal is { } refusal && IsHere(course, request))
        {
            Refuse(course, refusal);
        }
    }

    private async Pending Fetch(Course course)
    {
        var request = course.Request.Id;
        course.IsFetching = true;
        var report = await Device.FetchLoras(course.Request);
        if (report.Fault is { } fault)
        {
            Fail(fault);
        }

        FetchAhead();

        if (!IsHere(course, request))
        {
            return;
        }

        course.IsFetching = false;
        if (report.Refusal is { } refusal)
        {
            Refuse(course, refusal);
        }
        else if (_busySince is null)
        {
            GoOn();
        }
        else if (course.JoinedAt is not null)
        {
            _boundary.Ring();
        }
    }

    // A course may serve another request by now, or the same one elsewhere.
    private bool IsHere(Course course, RequestId request) => course.IsServing && course.Request.Id == request && course.Worker == this && Fault is null;

    private void Refuse(Course course, string reason)
    {
        course.Refusal = reason;
        if (course.ReadyAt is not null && course.DenoisedAt is null)
        {
            SendOff(course, new Departure(DepartureKind.Refused, reason));
        }
    }

    // A batch that waits for LoRAs looks again.
    private void GoOn()
    {
        _hasNews = true;
        if (_loras.IsAwaited)
        {
            _loras.Complete(true);
        }
    }

    private Turn NextTurn(out Course? course, out int place, out int steps)
    {
        (course, place, steps, _hasNews) = (null, 0, int.MaxValue, false);
        foreach (var member in _running)
        {
            steps = Math.Min(steps, member.Remaining);
            for (place = 0; place < member.Controls.Count; place++)
            {
                if (!IsLoaded(member, place))
                {
                    course = member;
                    return Turn.LoadControlNet;
                }
            }
        }

        return _addOns.Loras.Merges ? NextMerge(ref steps) : NextUnmerged(ref steps);
    }

    private bool IsLoaded(Course member, int place)
    {
        var use = member.Controls[place];
        if (use.IsPinned)
        {
            return true;
        }

        if (!_addOns.HostOf(use, this).Holds(use.ControlNet))
        {
            return false;
        }

        _addOns.Pin(member, place, this);
        return true;
    }

    // All members of a batch have the same LoRAs.
    private Turn NextMerge(ref int steps)
    {
        var wanted = _running[0].Request.Adapters;
        if (wanted.SharesWeightsWith(_merged))
        {
            return Turn.Step;
        }

        if (wanted.Loras.Count == 0 || Device.HoldsLoras(wanted))
        {
            _merging = wanted;
            return Turn.Merge;
        }

        var isFetching = false;
        foreach (var member in _running)
        {
            isFetching |= member.IsFetching;
            steps = Math.Min(steps, _addOns.Loras.Bound(member.Request) - member.StepsDone);
        }

        if (!isFetching)
        {
            _ = Fetch(_running[0]);
        }

        // What was there at once has changed the batch or the memory: look again.
        if (steps <= 0 || _hasNews)
        {
            return Turn.AwaitLoras;
        }

        _merging = AdapterSet.None;
        return _merged.Loras.Count > 0 ? Turn.Merge : Turn.Step;
    }

    private Turn NextUnmerged(ref int steps)
    {
        for (var i = 0; i < _running.Count; i++)
        {
            var member = _running[i];
            if (member.HasLoras || member.Request.Adapters.Loras.Count == 0)
            {
                continue;
            }

            member.HasLoras = Device.HoldsLoras(member.Request.Adapters);
            if (!member.HasLoras)
            {
                steps = Math.Min(steps, _addOns.Loras.Bound(member.Request) - member.StepsDone);
                if (!member.IsFetching)
                {
                    _ = Fetch(member);
                    if (_hasNews)
                    {
                        return Turn.AwaitLoras;
                    }
                }
            }
        }

        return steps > 0 ? Turn.Step : Turn.AwaitLoras;
    }

    private void Merged(Instant start, in DeviceReport report)
    {
        Stall(StallCause.Adapters, start);
        if (report.Fault is { } fault)
        {
            Fail(fault);
        }
        else
        {
            _merged = _merging;
        }
    }

    private void Loaded(Course course, RequestId request, in ControlUse use, Instant start, in DeviceReport report)
    {
        Stall(StallCause.Adapters, start);
        FetchAhead();
        if (report.Refusal is { } refusal && IsHere(course, request))
        {
            Refuse(course, refusal);
        }
        else if (report.Fault is { } fault && use.Device is null)
        {
            Fail(fault);
        }
        else if (report.Fault is { } lost)
        {
            PlaceAnew(lost);
            LetGo(_clock.Now);
        }
    }

    // A device that runs ControlNets is lost: what becomes of the members that used it is for the policy to say.
    private void PlaceAnew(string fault)
    {
        foreach (var member in _running)
        {
            for (var place = 0; place < member.Controls.Count; place++)
            {
                if (member.Controls[place] is not { Device: not null } use || _addOns.HostOf(use, this).Fault is null)
                {
                    continue;
                }

                if (_addOns.Recovery == ControlNetRecovery.Fail)
                {
                    member.Refusal = $"ControlNet {use.ControlNet} was lost: {fault}";
                }
                else
                {
                    _addOns.PlaceAnew(member, place, Id);
                }
            }
        }
    }
}
