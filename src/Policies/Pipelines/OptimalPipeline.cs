using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>The fastest plan there is: the minimum over every choice of cached and recomputed blocks, and over no reuse at all.</summary>
/// <remarks>
/// A dynamic programme over blocks. What matters of the blocks behind is when the copy stream and the compute stream are free and
/// whether the template's own computation is running; of two states that agree in the last, one that is no later on both streams
/// dominates. The undominated ones form a front that rises in copy time and falls in compute time. With equal loads (and no resume
/// loads) the copy time is a multiple of the load, the front has at most N + 1 states, and planning takes O(N²); in general the front
/// is cut by a bound from Algorithm 1. Where a block may be recomputed only from the start on (<see cref="RecomputeRule"/>), so are the states. Plans with reuse all give the same image; where not even the best of them beats the plain model,
/// the plain model runs and the image is that of <see cref="FullPipeline"/>. Not thread-safe: it keeps its buffers.
/// </remarks>
public sealed class OptimalPipeline : IPipelinePolicy
{
    /// <summary>Name in scenarios and reports.</summary>
    public const string Name = "optimal";

    private readonly GreedyPipeline _greedy = new();
    private readonly List<State> _states = [];
    private readonly List<int> _cached = [];
    private readonly List<int> _recomputed = [];
    private readonly List<int> _nextCached = [];
    private readonly List<int> _nextRecomputed = [];

    /// <inheritdoc/>
    public int LookAhead => StepTimeline.Unlimited;

    /// <summary>States kept by the last decision, for checks of its complexity.</summary>
    public int StatesKept => _states.Count;

    /// <inheritdoc/>
    public void Choose(ReadOnlySpan<BlockCost> costs, Span<BlockMode> modes)
    {
        if (costs.IsEmpty)
        {
            return;
        }

        _greedy.Choose(costs, modes);
        var bound = StepTimeline.Evaluate(costs, modes, LookAhead).Ticks;
        var plain = Total(costs, BlockMode.Plain);
        var best = Search(costs, Math.Min(bound, plain));
        if (best >= 0)
        {
            ReadBack(best, modes);
        }
        else if (plain < bound)
        {
            modes.Fill(BlockMode.Plain);
        }
    }

    // Returns the last state of a plan that takes at most the bound, or -1 when there is none.
    private int Search(ReadOnlySpan<BlockCost> costs, long bound)
    {
        _states.Clear();
        _cached.Clear();
        _recomputed.Clear();
        var toGo = LeastCompute(costs);
        for (var i = 0; i < costs.Length; i++)
        {
            toGo -= Math.Min(costs[i].Cached.Ticks, costs[i].Recomputed.Ticks);
            _nextCached.Clear();
            _nextRecomputed.Clear();
            if (i == 0)
            {
                Keep(_nextCached, Next(costs[0], BlockMode.Cached, BlockMode.Plain, default, -1), bound - toGo);
                if (costs[0].Allows(BlockMode.Recomputed, BlockMode.Plain))
                {
                    Keep(_nextRecomputed, Next(costs[0], BlockMode.Recomputed, BlockMode.Plain, default, -1), bound - toGo);
                }
            }
            else
            {
                Extend(costs[i], BlockMode.Cached, _nextCached, bound - toGo);
                Extend(costs[i], BlockMode.Recomputed, _nextRecomputed, bound - toGo);
            }

            Copy(_nextCached, _cached);
            Copy(_nextRecomputed, _recomputed);
        }

        return Earlier(Last(_cached), Last(_recomputed));
    }

    // Walks both fronts in order of copy time, so that the new front is built in order too.
    private void Extend(BlockCost cost, BlockMode mode, List<int> front, long latest)
    {
        // A front that the mode cannot follow is passed over.
        var c = cost.Allows(mode, BlockMode.Cached) ? 0 : _cached.Count;
        var r = cost.Allows(mode, BlockMode.Recomputed) ? 0 : _recomputed.Count;
        while (c < _cached.Count || r < _recomputed.Count)
        {
            var fromCached = c < _cached.Count ? Next(cost, mode, BlockMode.Cached, _states[_cached[c]], _cached[c]) : State.Never;
            var fromRecomputed = r < _recomputed.Count
                ? Next(cost, mode, BlockMode.Recomputed, _states[_recomputed[r]], _recomputed[r])
                : State.Never;
            if (fromRecomputed.CompareTo(fromCached) <= 0)
            {
                Keep(front, fromRecomputed, latest);
                r++;
            }
            else
            {
                Keep(front, fromCached, latest);
                c++;
            }
        }
    }

    private static State Next(BlockCost cost, BlockMode mode, BlockMode previous, State from, int parent)
    {
        var copied = from.Copied + cost.Copy(mode, previous).Ticks;
        return new State(copied, Math.Max(copied, from.Computed) + cost.Compute(mode).Ticks, mode, parent);
    }

    // States come in order of copy time: one is undominated if it computes earlier than the last one kept.
    private void Keep(List<int> front, State state, long latest)
    {
        if (state.Computed <= latest && (front.Count == 0 || state.Computed < _states[front[^1]].Computed))
        {
            front.Add(_states.Count);
            _states.Add(state);
        }
    }

    private int Earlier(int left, int right)
    {
        if (left < 0 || right < 0)
        {
            return Math.Max(left, right);
        }

        return _states[left].Computed <= _states[right].Computed ? left : right;
    }

    private void ReadBack(int state, Span<BlockMode> modes)
    {
        for (var i = modes.Length - 1; i >= 0; i--)
        {
            modes[i] = _states[state].Mode;
            state = _states[state].Parent;
        }
    }

    private static int Last(List<int> front) => front.Count == 0 ? -1 : front[^1];

    private static void Copy(List<int> from, List<int> to)
    {
        to.Clear();
        to.AddRange(from);
    }

    private static long LeastCompute(ReadOnlySpan<BlockCost> costs)
    {
        var total = 0L;
        foreach (var cost in costs)
        {
            total += Math.Min(cost.Cached.Ticks, cost.Recomputed.Ticks);
        }

        return total;
    }

    private static long Total(ReadOnlySpan<BlockCost> costs, BlockMode mode)
    {
        var total = 0L;
        foreach (var cost in costs)
        {
            total += cost.Compute(mode).Ticks;
        }

        return total;
    }

    private readonly record struct State(long Copied, long Computed, BlockMode Mode, int Parent) : IComparable<State>
    {
        public static readonly State Never = new(long.MaxValue, long.MaxValue, BlockMode.Plain, -1);

        public int CompareTo(State other) =>
            Copied != other.Copied ? Copied.CompareTo(other.Copied) : Computed.CompareTo(other.Computed);
    }
}
