using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies;

/// <summary>How a device runs denoising steps while the membership of its batch is fixed. Data, evaluated in one place.</summary>
/// <remarks>The serving loop uses one plan per worker again and again: it is valid during the call it is given to.</remarks>
public sealed class StepPlan
{
    private readonly List<StepMember> _members;
    private readonly List<ControlCall> _controls = [];

    /// <summary>Creates a plan.</summary>
    /// <param name="members">The batch, at least one.</param>
    /// <param name="step">How each of its steps is run.</param>
    public StepPlan(IReadOnlyList<StepMember> members, PlannedStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        _members = [.. members];
        Use(null, step);
    }

    internal StepPlan()
        : this([], PlannedStep.None)
    {
    }

    /// <summary>The batch.</summary>
    public IReadOnlyList<StepMember> Members => _members;

    /// <summary>For every block, where the template's rows come from; <see cref="BlockMode.Plain"/> for all of them or for none.</summary>
    public IReadOnlyList<BlockMode> Modes { get; private set; } = [];

    /// <summary>How many blocks the copy stream may be ahead of the block that computes; 0 loads and computes in turn.</summary>
    public int LookAhead { get; private set; }

    /// <summary>Predicted time of one step, the same for every step of the plan.</summary>
    public TimeSpan StepTime { get; private set; }

    /// <summary>Bytes that one step moves over the link.</summary>
    public long BytesPerStep { get; private set; }

    /// <summary>The model at the size of the batch's images, or <c>null</c> where nobody said.</summary>
    public ModelShape? Model { get; private set; }

    /// <summary>Whose prediction it is, or <c>null</c>: a device that takes exactly these times need not work them out again.</summary>
    public ICostModel? Costs { get; private set; }

    /// <summary>The part of the batch whose templates lie in the device's memory.</summary>
    public ResidentPart Resident { get; private set; }

    /// <summary>ControlNets of its steps, and where they run.</summary>
    public IReadOnlyList<ControlCall> Controls => _controls;

    /// <summary>Which step's residuals are added where ControlNets run on other devices.</summary>
    public ControlMode ControlMode { get; private set; }

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

    /// <summary>Whether a ControlNet's call is the first in the list on its device: calls of several members are answered together.</summary>
    /// <param name="call">Place in <see cref="Controls"/>.</param>
    public bool IsFirstOf(int call)
    {
        for (var i = 0; i < call; i++)
        {
            if (_controls[i].ControlNet == _controls[call].ControlNet && _controls[i].Device == _controls[call].Device)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Members whose calls are answered with this one.</summary>
    /// <param name="call">Place in <see cref="Controls"/>.</param>
    public int ImagesOf(int call)
    {
        var images = 0;
        foreach (var other in _controls)
        {
            images += other.ControlNet == _controls[call].ControlNet && other.Device == _controls[call].Device ? 1 : 0;
        }

        return images;
    }

    /// <summary>A plan of its own, which stays as it is.</summary>
    public StepPlan Copy()
    {
        var copy = new StepPlan();
        copy._members.AddRange(_members);
        copy._controls.AddRange(_controls);
        copy.Use(Model, Modes, LookAhead, StepTime, BytesPerStep, Costs, Resident);
        copy.ControlMode = ControlMode;
        return copy;
    }

    // The loop fills its plan anew before each call.
    internal List<StepMember> Refill()
    {
        _members.Clear();
        _controls.Clear();
        return _members;
    }

    internal List<ControlCall> RefillControls() => _controls;

    internal void UseControls(ControlMode mode, TimeSpan time) => (ControlMode, StepTime) = (mode, time);

    internal void Use(ModelShape? model, PlannedStep step) => Use(model, step.Modes, step.LookAhead, step.Time, step.Bytes, step.Costs, default);

    internal void Use(ModelShape? model, IReadOnlyList<BlockMode> modes, int lookAhead, TimeSpan time, long bytes, ICostModel? costs, ResidentPart resident) =>
        (Model, Modes, LookAhead, StepTime, BytesPerStep, Costs, Resident) = (model, modes, lookAhead, time, bytes, costs, resident);
}
