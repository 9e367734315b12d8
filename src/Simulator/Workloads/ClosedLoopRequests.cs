using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Workloads;

/// <summary>The requests of users who think between an answer and their next request. Memory grows with users, not with requests.</summary>
internal sealed class ClosedLoopRequests : IRequestSource
{
    private readonly WorkloadOptions _options;
    private readonly ThinkTimes _times;
    private readonly EditingUser[] _users;
    private readonly (Instant Arrival, int User)[] _first;

    // Who waits for which answer.
    private readonly Dictionary<int, int> _waiting;
    private int _next;
    private int _created;

    public ClosedLoopRequests(WorkloadOptions options, RequestPopulation population, long runSeed)
    {
        (_options, _times) = (options, new ThinkTimes(options.ClosedLoop!));
        var resolutions = new TemplateResolutions(options, runSeed);
        _users = [.. Enumerable.Range(0, options.ClosedLoop!.Users).Select(number => new EditingUser(number, options, population, resolutions, runSeed))];
        _first = [.. _users.Select((user, number) => (Arrival: Instant.Start + user.Think(_times), User: number)).Order().Take(options.Requests)];
        _waiting = new Dictionary<int, int>(_first.Length);

        // The first requests get the first numbers, whenever they are asked for.
        _created = _first.Length;
    }

    public bool TryNext(out Request request)
    {
        if (_next == _first.Length)
        {
            request = default;
            return false;
        }

        var (arrival, user) = _first[_next];
        request = Send(new RequestId(_next++), user, arrival);
        return true;
    }

    public bool TryFollow(in RequestRecord ended, out Request next)
    {
        next = default;
        var isCutOff = ended.Outcome is RequestOutcome.QueuedAtEnd or RequestOutcome.RunningAtEnd;
        if (!_waiting.Remove(ended.Request.Id.Value, out var user) || isCutOff || _created == _options.Requests || !_users[user].Stays)
        {
            return false;
        }

        next = Send(new RequestId(_created++), user, ended.FinishedAt + _users[user].Think(_times));
        return true;
    }

    private Request Send(RequestId id, int user, Instant arrival)
    {
        _waiting.Add(id.Value, user);
        return _users[user].Edit(id, arrival);
    }
}
