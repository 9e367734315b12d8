using SimServe.Policies.Serving;
using SimServe.Simulator.Engine;

namespace SimServe.Simulator.Links;

// Transfers that somebody awaits: the network's handler for them. Completions and entries are reused.
internal sealed class AwaitedTransfers(EventCalendar calendar) : IEventHandler
{
    private readonly CompletionPool<TransferReport> _pool = new();
    private readonly List<TransferReport> _reports = [];

    public Pending<TransferReport> Add(long bytes, out int token)
    {
        var (completion, report) = (_pool.Rent(), new TransferReport(bytes, Cancelled: false));
        token = completion.Number;
        if (token == _reports.Count)
        {
            _reports.Add(report);
        }
        else
        {
            _reports[token] = report;
        }

        return completion.Pending;
    }

    // By an event, at once: whoever cancels must not find the awaiter's code running inside its call.
    public void Cancel(int token, long bytesMoved)
    {
        _reports[token] = new TransferReport(bytesMoved, Cancelled: true);
        calendar.Schedule(calendar.Now, Phase.Completion, this, token);
    }

    void IEventHandler.Handle(int token) => _pool[token].Complete(_reports[token]);
}
