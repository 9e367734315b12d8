namespace SimServe.Policies.Serving;

/// <summary>Denoising steps of one worker during which its batch did not change.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Start">When the first step started.</param>
/// <param name="End">When the last step ended.</param>
/// <param name="Plan">What was run; observers may use it during their call only, and keep a copy (<see cref="Kept"/>).</param>
/// <param name="Steps">Whole steps done.</param>
/// <param name="BytesLoaded">Bytes moved over the link.</param>
public readonly record struct BatchSegment(WorkerId Worker, Instant Start, Instant End, StepPlan Plan, int Steps, long BytesLoaded)
{
    /// <summary>Requests in the batch.</summary>
    public int BatchSize => Plan.Members.Count;

    /// <summary>The segment with a plan of its own, which stays as it is.</summary>
    public BatchSegment Kept() => this with { Plan = Plan.Copy() };
}
