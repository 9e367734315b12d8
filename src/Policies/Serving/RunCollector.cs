namespace SimServe.Policies.Serving;

/// <summary>Keeps all that happens in a run, for runs that fit in memory.</summary>
public sealed class RunCollector : IRunObserver
{
    private readonly List<RequestRecord> _records = [];
    private readonly List<BatchSegment> _segments = [];

    /// <inheritdoc/>
    public void Denoised(in BatchSegment segment) => _segments.Add(segment.Kept());

    /// <inheritdoc/>
    public void Finished(in RequestRecord record) => _records.Add(record);

    /// <summary>The whole run.</summary>
    /// <param name="end">How it ended.</param>
    /// <remarks>
    /// Records in order of arrival, then of number. Boundaries of two workers at one instant have no order of their own: the worker's number gives them one.
    /// </remarks>
    public ServingResult Close(RunEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return new ServingResult(
            [.. _records.OrderBy(static record => record.ArrivedAt).ThenBy(static record => record.Request.Id.Value)],
            [.. _segments.OrderBy(static segment => segment.End).ThenBy(static segment => segment.Worker.Value)],
            end.Faults,
            end.At);
    }
}
