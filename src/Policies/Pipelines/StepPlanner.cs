using System.Collections.Concurrent;
using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Makes step plans for one device: asks the pipeline policy and the one evaluator, and remembers their answers.</summary>
/// <remarks>
/// A plan depends on the batch only through its size and the sum of its masked tokens, so answers are kept by these two numbers, in pages
/// of <see cref="PageSize"/> sums: an answer that is known costs two array reads. Times are kept once more by themselves, because routers ask for many of them.
/// Not thread-safe.
/// </remarks>
public sealed class StepPlanner
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;

    private readonly ICostModel _device;
    private readonly IPipelinePolicy _policy;
    private readonly BlockCost[] _costs;
    private readonly Func<ModelShape, ICostModel, ConcurrentDictionary<long, PlannedStep>?>? _share;
    private readonly ConcurrentDictionary<long, PlannedStep>? _shared;
    private PlannedStep?[]?[]?[] _answers = [];
    private long[][] _ticks = [];
    private ResidentSteps? _resident;

    // Of the same model at other sizes of images; null until somebody asks for one.
    private Dictionary<TokenGrid, StepPlanner>? _sizes;

    /// <summary>Creates a planner.</summary>
    /// <param name="model">The model that is served.</param>
    /// <param name="device">Predicts the device's times.</param>
    /// <param name="policy">Chooses the blocks' modes.</param>
    public StepPlanner(ModelShape model, ICostModel device, IPipelinePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model, _device, _policy) = (model, device, policy);
        _costs = new BlockCost[model.Blocks.Count];
    }

    internal StepPlanner(
        ModelShape model, ICostModel device, IPipelinePolicy policy, Func<ModelShape, ICostModel, ConcurrentDictionary<long, PlannedStep>?>? share)
        : this(model, device, policy) => (_share, _shared) = (share, share?.Invoke(model, device));

    /// <summary>The model that is served.</summary>
    public ModelShape Model { get; }

    /// <summary>Predicted time to turn one request's latents into its image.</summary>
    public TimeSpan Decode => _device.Decode;

    /// <summary>Predicted time to record a template.</summary>
    /// <param name="steps">Denoising steps of its inference.</param>
    public TimeSpan Record(int steps) => _device.Record(steps);

    /// <summary>Answers that have been worked out so far, for this size of images.</summary>
    public int Known { get; private set; }

    /// <summary>The planner of batches whose images have a size: a batch has one size.</summary>
    /// <param name="grid">How the images are cut into tokens; <c>default</c> is the model's own.</param>
    /// <exception cref="NotSupportedException">The model or the device's times are known at another size only.</exception>
    public StepPlanner For(TokenGrid grid) => grid == Model.Grid || grid == default ? this : OfSize(grid);

    /// <summary>Predicted time of a batch's step up to the way up of its U-Net: what can be computed before ControlNets have answered.</summary>
    /// <param name="plan">The plan, with its members.</param>
    internal TimeSpan Encoder(StepPlan plan)
    {
        BatchCosts.Fill(Model, _device, plan.Members.Count, plan.MaskedTokens, _costs, plan.Resident);
        return StepTimeline.Until(Model.ControlNet!.DecoderFrom, _costs, plan.Modes, plan.LookAhead);
    }

    /// <summary>Predicted time of a ControlNet on the worker itself.</summary>
    /// <param name="images">Images that it is run for, at least 1.</param>
    internal TimeSpan Control(int images) => Model.ControlNet!.Time(_device, images * Model.Branches);

    private StepPlanner OfSize(TokenGrid grid)
    {
        _sizes ??= [];
        if (!_sizes.TryGetValue(grid, out var planner))
        {
            var model = Model.At(grid);
            _sizes.Add(grid, planner = new StepPlanner(model, _device.At(model), _policy, _share));
        }

        return planner;
    }

    /// <summary>Plans steps of a batch.</summary>
    /// <param name="members">The batch, at least one.</param>
    public StepPlan Plan(IReadOnlyList<StepMember> members)
    {
        ArgumentOutOfRangeException.ThrowIfZero(members.Count, nameof(members));
        return new StepPlan(members, Step(members.Count, members.Sum(static member => member.MaskedTokens)));
    }

    /// <summary>How one step of a batch is run.</summary>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens, 0 or more.</param>
    public PlannedStep Step(int members, int maskedTokens)
    {
        var pages = members < _answers.Length ? _answers[members] : null;
        var page = pages is not null && maskedTokens >> PageBits < pages.Length ? pages[maskedTokens >> PageBits] : null;
        return page?[maskedTokens & (PageSize - 1)] ?? Obtain(members, maskedTokens);
    }

    /// <summary>Predicted time of one step.</summary>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens, 0 or more.</param>
    public TimeSpan StepTime(int members, int maskedTokens) => new(Ticks(members, maskedTokens));

    /// <inheritdoc cref="StepTime(int, int)"/>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens, 0 or more.</param>
    /// <param name="resident">The part of the batch that loads nothing.</param>
    public TimeSpan StepTime(int members, int maskedTokens, ResidentPart resident) =>
        resident.Members == 0 ? StepTime(members, maskedTokens) : Residents.Of(members, maskedTokens, resident).Time;

    // Fills in how one step of a batch is run.
    internal void Fill(StepPlan plan, int members, int maskedTokens, ResidentPart resident)
    {
        if (resident.Members == 0)
        {
            plan.Use(Model, Step(members, maskedTokens));
        }
        else
        {
            Residents.Fill(plan, members, maskedTokens, resident);
        }
    }

    private ResidentSteps Residents => _resident ??= new ResidentSteps(Model, _device, _policy);

    // At least 1.
    internal long Ticks(int members, int maskedTokens, ResidentPart resident) => resident.Members == 0 ? Ticks(members, maskedTokens) : StepTime(members, maskedTokens, resident).Ticks;

    // At least 1.
    internal long Ticks(int members, int maskedTokens)
    {
        var rows = _ticks;
        if ((uint)members < (uint)rows.Length)
        {
            var row = rows[members];
            if ((uint)maskedTokens < (uint)row.Length && row[maskedTokens] is var ticks and > 0)
            {
                return ticks;
            }
        }

        return Ask(members, maskedTokens);
    }

    // No step of so many members with at least so many masked tokens takes less, however its blocks are run: their computation alone, which grows with the tokens as long as no
    // block computes more rows in less time. What is loaded does not: more masked tokens are fewer rows to load.
    internal long LeastTicks(int members, int maskedTokens)
    {
        BatchCosts.Fill(Model, _device, members, maskedTokens, _costs);
        var ticks = _device.StepOverhead(members).Ticks;
        foreach (var block in _costs)
        {
            ticks += Math.Min(block.Plain.Ticks, block.Cached.Ticks);
        }

        return ticks;
    }

    private long Ask(int members, int maskedTokens)
    {
        var ticks = Step(members, maskedTokens).Time.Ticks;
        var most = members * Model.Grid.Count;
        if (maskedTokens > most)
        {
            return ticks;
        }

        if (members >= _ticks.Length)
        {
            var known = _ticks.Length;
            Array.Resize(ref _ticks, members + 1);
            Array.Fill(_ticks, [], known, _ticks.Length - known);
        }

        if (_ticks[members].Length == 0)
        {
            _ticks[members] = new long[most + 1];
        }

        return _ticks[members][maskedTokens] = ticks;
    }

    // From another thread's planner where one has worked it out.
    private PlannedStep Obtain(int members, int maskedTokens)
    {
        if (_shared is null)
        {
            return WorkOut(members, maskedTokens);
        }

        var key = ((long)members << 32) | (uint)maskedTokens;
        if (_shared.TryGetValue(key, out var known))
        {
            Keep(members, maskedTokens, known);
            return known;
        }

        var answer = WorkOut(members, maskedTokens);
        _shared.TryAdd(key, answer);
        return answer;
    }

    private PlannedStep WorkOut(int members, int maskedTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maskedTokens);
        BatchCosts.Fill(Model, _device, members, maskedTokens, _costs);
        var modes = new BlockMode[_costs.Length];
        _policy.Choose(_costs, modes);
        var blocks = StepTimeline.Evaluate(_costs, modes, _policy.LookAhead);
        var time = blocks + _device.StepOverhead(members);

        // At least one tick: zero would never let time pass.
        var answer = new PlannedStep(
            modes,
            _policy.LookAhead,
            time > TimeSpan.Zero ? time : new TimeSpan(1),
            BatchCosts.Bytes(Model, members, maskedTokens, modes),
            _device);
        Keep(members, maskedTokens, answer);
        return answer;
    }

    private void Keep(int members, int maskedTokens, PlannedStep answer)
    {
        if (members >= _answers.Length)
        {
            Array.Resize(ref _answers, members + 1);
        }

        ref var pages = ref _answers[members];
        var page = maskedTokens >> PageBits;
        if (pages is null || page >= pages.Length)
        {
            Array.Resize(ref pages, page + 1);
        }

        (pages[page] ??= new PlannedStep?[PageSize])[maskedTokens & (PageSize - 1)] = answer;
        Known++;
    }
}
