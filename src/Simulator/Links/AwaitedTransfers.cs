using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

// Transfers that somebody awaits: the network's handler for them. Completions and entries are reused.
internal sealed class AwaitedTransfers(EventCalendar calendar) : IEventHandler
{
    private readonly CompletionPool<TransferReport> _pool = new();
    private readonly Stack<int> _free = new();
    private readonly List<(Completion<TransferReport>? Completion, TransferReport Report)> _waits = [];

    public ValueTask<TransferReport> Add(long bytes, out int token)
    {
        var wait = (_pool.Rent(), new TransferReport(bytes, Cancelled: false));
        if (_free.TryPop(out token))
        {
            _waits[token] = wait;
        }
        else
        {
            token = _waits.Count;
            _waits.Add(wait);
        }

        return wait.Item1.Task;
    }

    // By an event, at once: whoever cancels must not find the awaiter's code running inside its call.
    public void Cancel(int token, long bytesMoved)
    {
        _waits[token] = (_waits[token].Completion, new TransferReport(bytesMoved, Cancelled: true));
        calendar.Schedule(calendar.Now, Phase.Completion, this, token);
    }

    void IEventHandler.Handle(int token)
    {
        var (completion, report) = _waits[token];
        _waits[token] = default;
        _free.Push(token);
        completion!.Complete(report);
    }
}
