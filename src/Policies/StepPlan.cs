namespace SimServe.Policies;

/// <summary>How a device runs denoising steps while the membership of its batch is fixed. Data, evaluated in one place.</summary>
public sealed record StepPlan
{
    /// <summary>The batch.</summary>
    public required IReadOnlyList<StepMember> Members { get; init; }

    /// <summary>For every block, where the template's rows come from; <see cref="BlockMode.Plain"/> for all of them or for none.</summary>
    public required IReadOnlyList<BlockMode> Modes { get; init; }

    /// <summary>How many blocks the copy stream may be ahead of the block that computes; 0 loads and computes in turn.</summary>
    public required int LookAhead { get; init; }

    /// <summary>Predicted time of one step, the same for every step of the plan.</summary>
    public required TimeSpan StepTime { get; init; }

    /// <summary>Bytes that one step moves over the link.</summary>
    public required long BytesPerStep { get; init; }

    /// <summary>Steps until the first member is done.</summary>
    public int StepsToFirstFinish => Members.Min(static member => member.Remaining);
}
