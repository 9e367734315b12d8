using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Policies.Residency;

/// <summary>Decides jointly for every block of a step whether the template's rows are recomputed, loaded, or kept in the device's memory.</summary>
/// <remarks>
/// The dynamic programme of <see cref="OptimalPipeline"/> with a third choice for every block, whose rows then cost memory and no copy, over every sum of bytes within
/// the budget. For each sum the states that no other one dominates on both streams are kept. Exact; with blocks of a few sizes there are few sums, and it takes O(N³) for N equal
/// blocks. FlashPS (EuroSys '26, section 3.2) decides between loading and computing only; its buffers in device memory hold what is in flight.
/// </remarks>
public sealed class ResidencyPlanner
{
    private readonly List<State> _states = [];

    /// <summary>The fastest choices: each is faster than every choice that takes no more memory.</summary>
    /// <param name="costs">What each block costs the batch in each mode, its template's rows loaded.</param>
    /// <param name="bytes">Device memory that each block's rows of one template take; 0 where it loads none.</param>
    /// <param name="budget">Device memory for one template, bytes, 0 or more.</param>
    /// <returns>At least one choice, that of no memory at all; in order of memory.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public IReadOnlyList<ResidentBlocks> Front(ReadOnlySpan<BlockCost> costs, ReadOnlySpan<long> bytes, long budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget);
        if (bytes.Length != costs.Length)
        {
            throw new ArgumentException($"{costs.Length} blocks need {costs.Length} sizes, not {bytes.Length}.", nameof(bytes));
        }

        var plain = Sum(costs, static cost => cost.Plain.Ticks);
        _states.Clear();
        _states.Add(new State(0, 0, 0, Choice.Start, -1));
        List<int> front = [0];
        var toGo = Sum(costs, Least);
        for (var block = 0; block < costs.Length; block++)
        {
            toGo -= Least(costs[block]);
            front = Extend(front, costs[block], bytes[block], budget, plain - toGo);
        }

        return Fastest(front, costs.Length, new TimeSpan(plain));
    }

    private List<int> Extend(List<int> front, BlockCost cost, long bytes, long budget, long latest)
    {
        List<State> next = [];
        foreach (var from in front)
        {
            Add(next, Loaded(cost, from), latest);
            if (bytes > 0 && _states[from].Bytes + bytes <= budget)
            {
                Add(next, Resident(cost, from, bytes), latest);
            }

            if (cost.Allows(BlockMode.Recomputed, _states[from].Previous))
            {
                Add(next, Recomputed(cost, from), latest);
            }
        }

        return Undominated(next);
    }

    private State Loaded(BlockCost cost, int from) =>
        Next(from, cost.Copy(BlockMode.Cached, _states[from].Previous).Ticks, cost.Cached.Ticks, 0, Choice.Loaded);

    private State Resident(BlockCost cost, int from, long bytes) => Next(from, 0, cost.Cached.Ticks, bytes, Choice.Resident);

    // What resumes from a block whose rows are here needs no copy either.
    private State Recomputed(BlockCost cost, int from)
    {
        var copy = _states[from].Choice == Choice.Resident ? 0 : cost.Copy(BlockMode.Recomputed, _states[from].Previous).Ticks;
        return Next(from, copy, cost.Recomputed.Ticks, 0, Choice.Recomputed);
    }

    private State Next(int parent, long copy, long compute, long bytes, Choice choice)
    {
        var from = _states[parent];
        var copied = from.Copied + copy;
        return new State(from.Bytes + bytes, copied, Math.Max(copy == 0 ? 0 : copied, from.Computed) + compute, choice, parent);
    }

    private static void Add(List<State> states, State state, long latest)
    {
        if (state.Computed <= latest)
        {
            states.Add(state);
        }
    }

    // Of states with the same memory and the same choice for the last block: in order of copy time each must compute earlier than the one before.
    private List<int> Undominated(List<State> states)
    {
        states.Sort();
        List<int> kept = [];
        var (group, earliest) = ((Bytes: -1L, Choice: Choice.Start), long.MaxValue);
        foreach (var state in states)
        {
            if (group != (state.Bytes, state.Choice))
            {
                (group, earliest) = ((state.Bytes, state.Choice), long.MaxValue);
            }

            if (state.Computed < earliest)
            {
                earliest = state.Computed;
                kept.Add(_states.Count);
                _states.Add(state);
            }
        }

        return kept;
    }

    private List<ResidentBlocks> Fastest(List<int> last, int blocks, TimeSpan plain)
    {
        List<ResidentBlocks> front = [new(new bool[blocks], 0, plain)];
        foreach (var state in last.OrderBy(state => _states[state].Bytes).ThenBy(state => _states[state].Computed))
        {
            var (bytes, time) = (_states[state].Bytes, new TimeSpan(_states[state].Computed));
            if (time >= front[^1].StepTime)
            {
                continue;
            }

            if (front[^1].Bytes == bytes)
            {
                front.RemoveAt(front.Count - 1);
            }

            front.Add(new ResidentBlocks(ReadBack(state, blocks), bytes, time));
        }

        return front;
    }

    private bool[] ReadBack(int state, int blocks)
    {
        var resident = new bool[blocks];
        for (var block = blocks - 1; block >= 0; block--)
        {
            resident[block] = _states[state].Choice == Choice.Resident;
            state = _states[state].Parent;
        }

        return resident;
    }

    private static long Least(BlockCost cost) => Math.Min(cost.Cached.Ticks, cost.Recomputed.Ticks);

    private static long Sum(ReadOnlySpan<BlockCost> costs, Func<BlockCost, long> ticks)
    {
        var sum = 0L;
        foreach (var cost in costs)
        {
            sum += ticks(cost);
        }

        return sum;
    }

    private enum Choice
    {
        Start,
        Recomputed,
        Loaded,
        Resident,
    }

    private readonly record struct State(long Bytes, long Copied, long Computed, Choice Choice, int Parent) : IComparable<State>
    {
        // What the next block may follow; a block whose rows are here is cached as any other.
        public BlockMode Previous => Choice switch
        {
            Choice.Start => BlockMode.Plain,
            Choice.Recomputed => BlockMode.Recomputed,
            _ => BlockMode.Cached,
        };

        public int CompareTo(State other) =>
            Bytes != other.Bytes ? Bytes.CompareTo(other.Bytes)
            : Choice != other.Choice ? Choice.CompareTo(other.Choice)
            : Copied != other.Copied ? Copied.CompareTo(other.Copied)
            : Computed.CompareTo(other.Computed);
    }
}
