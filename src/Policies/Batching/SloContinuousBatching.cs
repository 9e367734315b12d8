namespace SimServe.Policies.Batching;

/// <summary>Continuous batching that lets nobody join who would make a member miss an objective that it would meet otherwise.</summary>
/// <param name="options">The batch's bound.</param>
/// <remarks>
/// <para>
/// Every member of a batch makes each of its steps longer. By the predicted step times, with members leaving at their last steps, a member can still be saved if it meets its deadline when nobody else joins. The waiting request
/// that is first in its order joins at once if every member that can be saved still meets its deadline with it, so freely where none can or none has one; otherwise when it does, at a step boundary that is worked out, or when
/// somebody leaves. Nobody overtakes it, and an empty batch takes anybody, so nobody waits forever.
/// </para>
/// <para>Step-level SLO scheduling of batches is PatchedServe's idea (arXiv 2501.09253); this is no reconstruction of it. Does not foresee who arrives later, nor loads of templates and adapters.</para>
/// </remarks>
public sealed class SloContinuousBatching(ContinuousBatchingOptions options) : IBatchingPolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "slo-continuous";

    private readonly BatchOutlook _outlook = new(options.MaxBatchSize);

    /// <inheritdoc/>
    public BatchDecision Decide(ReadOnlySpan<WaitingRequest> waiting, IBatchView batch, Instant now)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var room = Math.Clamp(options.MaxBatchSize - batch.Running, 0, waiting.Length);
        if (room == 0)
        {
            return BatchDecision.Wait;
        }

        _outlook.Read(batch);
        var admitted = 0;
        while (admitted < room && _outlook.Takes(waiting[admitted], after: 0))
        {
            _outlook.Add(waiting[admitted].MaskedTokens, waiting[admitted].Steps, waiting[admitted].Deadline);
            admitted++;
        }

        return admitted > 0 ? BatchDecision.Admit(admitted) : WaitFor(waiting[0], batch);
    }

    // Asked again in the middle of the step at whose end it may join: real steps end earlier or later than predicted.
    private BatchDecision WaitFor(in WaitingRequest request, IBatchView batch)
    {
        var steps = _outlook.StepsUntilTaken(request);
        var step = _outlook.FirstStepTime;
        return steps == 0 ? BatchDecision.Wait : BatchDecision.WaitUntil(batch.Boundary + new TimeSpan((steps * step.Ticks) - (step.Ticks / 2)));
    }
}
