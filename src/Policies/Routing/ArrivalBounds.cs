using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SimServe.Policies.Routing;

// Before when an arrival cannot be done on any of a fleet's workers: worked out for eight workers at a time, from a few numbers of each that lie side by side. All times are
// ticks, whole numbers below 2^53 that doubles hold exactly, so that every processor finds the same.
internal sealed class ArrivalBounds(LeastStepTimes[] leastTimes)
{
    // Workers that are looked at together, a multiple of eight.
    public const int Block = 32;

    private static readonly int Lanes = Vector512<double>.Count;

    // An arrival's masked tokens, in 64ths of the image: half of all production masks are below a sixteenth.
    private static readonly int[] Levels = [0, 1, 2, 4, 6, 10, 16, 32];

    // By level: how much longer a step takes with the arrival, at the least.
    private readonly double[][] _delays = new double[Levels.Length][];
    private long[] _versions = [];
    private long[] _staleAfter = [];
    private long[] _kinds = [];
    private double[] _emptied = [];
    private double[] _company = [];
    private double[] _together = [];
    private double[] _fromNow = [];
    private double[] _joins = [];
    private double[] _bounds = [];

    // Bounds of workers before this one are worked out.
    public int Worked { get; private set; }

    public double this[int index] => _bounds[index];

    // Forgets what it knew: other workers from now on. On what fills up the last block nobody ever joins.
    public void Show(int count)
    {
        var padded = (count + Block - 1) / Block * Block;
        (_versions, _staleAfter, _kinds, _bounds) = (new long[padded], new long[padded], new long[padded], new double[padded]);
        (_emptied, _company, _together, _fromNow, _joins) = (new double[padded], new double[padded], new double[padded], new double[padded], new double[padded]);
        for (var level = 0; level < Levels.Length; level++)
        {
            _delays[level] = new double[padded];
        }

        Array.Fill(_versions, long.MinValue);
        Array.Fill(_staleAfter, long.MaxValue);
        Array.Fill(_joins, double.PositiveInfinity);
    }

    // The first worker from an index on whose version is not the one that is known, or where to stop.
    public int NextChanged(ReadOnlySpan<long> versions, int from, int to) => from + _versions.AsSpan(from, to - from).CommonPrefixLength(versions[from..to]);

    // The first worker from an index on for which something else is true by now, or -1.
    public int NextStale(long now, int from, int to)
    {
        for (var first = from / Lanes * Lanes; first < to; first += Lanes)
        {
            var found = Vector512.LessThan(At(_staleAfter, first), Vector512.Create(now)).ExtractMostSignificantBits() & LanesFrom(from - first);
            if (found != 0)
            {
                return first + (int)ulong.TrailingZeroCount(found);
            }
        }

        return -1;
    }

    // The first worker from an index on whose bound is no later than a time, or -1.
    public int NextWithin(double due, int from)
    {
        for (var first = from / Lanes * Lanes; first < Worked; first += Lanes)
        {
            var found = Vector512.LessThanOrEqual(At(_bounds, first), Vector512.Create(due)).ExtractMostSignificantBits() & LanesFrom(from - first);
            if (found != 0)
            {
                return first + (int)ulong.TrailingZeroCount(found);
            }
        }

        return -1;
    }

    // Another batch is there for an arrival to join.
    public void Know(int index, in Outlook outlook, long now)
    {
        (_versions[index], _kinds[index], _emptied[index], _fromNow[index]) = (outlook.Version, outlook.Kind, outlook.Emptied, outlook.FromNow ? 1 : 0);
        var times = leastTimes[outlook.Kind];
        for (var level = 0; level < Levels.Length; level++)
        {
            _delays[level][index] = outlook.Members == 0
                ? 0
                : Math.Max(0, times.Of(outlook.Members + 1, outlook.MaskedTokens + times.Tokens(Levels[level])) - outlook.StepTicks);
        }

        GoOn(index, outlook, now);
    }

    // The batch has begun other steps.
    public void GoOn(int index, in Outlook outlook, long now)
    {
        var begun = outlook.StepsBegun(now);
        (_staleAfter[index], _joins[index]) = (outlook.StaleAfter(begun), outlook.JoinsAfter(begun));
        (_company[index], _together[index]) = (outlook.StepsInCompany - begun, outlook.StepsToLeave - begun);
    }

    // Works the bounds of a block out and returns the least; the blocks before must have been worked out. A step with the arrival is no shorter than one without it, nor than one in which it is alone. So it is
    // done no earlier than if all its steps were alone; nor, where it has steps left when the batch that is there would be empty without it, than if beside those it only delayed
    // the steps until somebody leaves.
    public double Work(int from, int steps, int maskedTokens, ReadOnlySpan<long> alone, long now)
    {
        var (present, all, delays) = (Vector512.Create((double)now), Vector512.Create((double)steps), _delays[LevelOf(maskedTokens)]);
        var least = Vector512.Create(double.PositiveInfinity);
        for (var i = from; i < from + Block; i += Lanes)
        {
            var (counted, company) = (At(_fromNow, i) * present, At(_company, i));
            var (step, joins) = (Alone(alone, i), Vector512.Max(present, counted + At(_joins, i)));
            var left = counted + At(_emptied, i) + (At(_together, i) * At(delays, i)) - (company * step);
            var bounds = (all * step) + Vector512.Max(joins, Vector512.ConditionalSelect(Vector512.LessThanOrEqual(company, all), left, joins));
            bounds.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(_bounds), (nuint)i);
            least = Vector512.Min(least, bounds);
        }

        Worked = from + Block;
        return Least(least);
    }

    // How long a step of the arrival alone takes on each worker.
    private Vector512<double> Alone(ReadOnlySpan<long> alone, int first)
    {
        var steps = Vector512.Create((double)alone[0]);
        for (var kind = 1; kind < alone.Length; kind++)
        {
            steps = Vector512.ConditionalSelect(
                Vector512.Equals(At(_kinds, first), Vector512.Create((long)kind)).AsDouble(), Vector512.Create((double)alone[kind]), steps);
        }

        return steps;
    }

    // All kinds serve one model, so that the levels are the same on each.
    private int LevelOf(int maskedTokens)
    {
        var level = Levels.Length - 1;
        while (leastTimes[0].Tokens(Levels[level]) > maskedTokens)
        {
            level--;
        }

        return level;
    }

    private static double Least(Vector512<double> values)
    {
        var least = Vector256.Min(values.GetLower(), values.GetUpper());
        return Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3]));
    }

    private static ulong LanesFrom(int lane) => lane <= 0 ? ulong.MaxValue : ulong.MaxValue << lane;

    private static Vector512<T> At<T>(T[] values, int first)
        where T : struct => Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(values), (nuint)first);
}
