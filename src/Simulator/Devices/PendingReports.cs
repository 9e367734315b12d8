using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Devices;

// Calls that are done at a known time. The event carries an index, so that nothing is allocated per call in steady state.
internal sealed class PendingReports(EventCalendar calendar) : IEventHandler
{
    private readonly CompletionPool<DeviceReport> _pool = new();
    private readonly Stack<int> _free = new();
    private readonly List<(Completion<DeviceReport>? Completion, DeviceReport Report)> _pending = [];

    public ValueTask<DeviceReport> At(Instant due, DeviceReport report)
    {
        var completion = _pool.Rent();
        if (_free.TryPop(out var token))
        {
            _pending[token] = (completion, report);
        }
        else
        {
            token = _pending.Count;
            _pending.Add((completion, report));
        }

        calendar.Schedule(due, Phase.Completion, this, token);
        return completion.Task;
    }

    void IEventHandler.Handle(int token)
    {
        var (completion, report) = _pending[token];
        _pending[token] = default;
        _free.Push(token);
        completion!.Complete(report);
    }
}
