namespace SimServe.Policies.Serving;

// Everything a run leaves behind, and the observer that is told of it.
internal sealed class RunBook(int requests, IRunObserver? observer)
{
    private readonly RequestRecord?[] _records = new RequestRecord?[requests];
    private readonly List<BatchSegment> _segments = [];
    private readonly List<DeviceFault> _faults = [];

    public int Finished { get; private set; }

    public void Admitted(WorkerId worker, int running, List<Ticket> joining, Instant now) =>
        observer?.Admitted(worker, running, joining.ConvertAll(static ticket => ticket.Request.Id), now);

    public void Denoised(BatchSegment segment)
    {
        _segments.Add(segment);
        observer?.Denoised(segment);
    }

    public void Failed(string device, string reason, Instant now) => _faults.Add(new DeviceFault(device, reason, now));

    public void Finish(int index, RequestRecord record)
    {
        _records[index] = record;
        Finished++;
        observer?.Finished(record);
    }

    // Boundaries of two workers at one instant have no order of their own: the worker's number gives them one.
    public ServingResult Close(Instant now) => new(
        [.. _records.Select(static record => record!)],
        [.. _segments.OrderBy(static segment => segment.End).ThenBy(static segment => segment.Worker.Value)],
        _faults,
        now);
}
