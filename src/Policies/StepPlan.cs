using SimServe.Policies.Pipelines;

namespace SimServe.Policies;

/// <summary>How a device runs denoising steps while the membership of its batch is fixed. Data, evaluated in one place.</summary>
/// <remarks>The serving loop uses one plan per worker again and again: it is valid during the call it is given to.</remarks>
public sealed class StepPlan
{
    private readonly List<StepMember> _members;

    /// <summary>Creates a plan.</summary>
    /// <param name="members">The batch, at least one.</param>
    /// <param name="step">How each of its steps is run.</param>
    public StepPlan(IReadOnlyList<StepMember> members, PlannedStep step) => (_members, Step) = ([.. members], step);

    internal StepPlan() => (_members, Step) = ([], PlannedStep.None);

    /// <summary>The batch.</summary>
    public IReadOnlyList<StepMember> Members => _members;

    /// <summary>How each step is run.</summary>
    public PlannedStep Step { get; private set; }

    /// <summary>For every block, where the template's rows come from; <see cref="BlockMode.Plain"/> for all of them or for none.</summary>
    public IReadOnlyList<BlockMode> Modes => Step.Modes;

    /// <summary>How many blocks the copy stream may be ahead of the block that computes; 0 loads and computes in turn.</summary>
    public int LookAhead => Step.LookAhead;

    /// <summary>Predicted time of one step, the same for every step of the plan.</summary>
    public TimeSpan StepTime => Step.Time;

    /// <summary>Bytes that one step moves over the link.</summary>
    public long BytesPerStep => Step.Bytes;

    /// <summary>Masked tokens of the whole batch.</summary>
    public int MaskedTokens
    {
        get
        {
            var sum = 0;
            foreach (var member in _members)
            {
                sum += member.MaskedTokens;
            }

            return sum;
        }
    }

    /// <summary>Steps until the first member is done.</summary>
    public int StepsToFirstFinish
    {
        get
        {
            var least = int.MaxValue;
            foreach (var member in _members)
            {
                least = Math.Min(least, member.Remaining);
            }

            return least;
        }
    }

    /// <summary>A plan of its own, which stays as it is.</summary>
    public StepPlan Copy() => new(_members, Step);

    // The loop fills its plan anew before each call.
    internal List<StepMember> Refill()
    {
        _members.Clear();
        return _members;
    }

    internal void Use(PlannedStep step) => Step = step;
}
