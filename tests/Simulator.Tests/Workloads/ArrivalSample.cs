using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Draws from arrival processes as the workload builder does.</summary>
internal static class ArrivalSample
{
    public static double[] Times(IArrivalProcess process, int count, long seed = 3)
    {
        var random = new RandomStream(seed, PoissonArrivals.Stream);
        var times = new double[count];
        var last = Instant.Start;
        for (var i = 0; i < count; i++)
        {
            last = process.Next(last, random);
            times[i] = last.TotalSeconds;
        }

        return times;
    }

    public static double[] TimesUntil(IArrivalProcess process, double seconds, long seed = 3)
    {
        var random = new RandomStream(seed, PoissonArrivals.Stream);
        var times = new List<double>();
        for (var next = process.Next(Instant.Start, random); next.TotalSeconds < seconds; next = process.Next(next, random))
        {
            times.Add(next.TotalSeconds);
        }

        return [.. times];
    }

    public static double[] Gaps(double[] times) => [.. times.Zip(times.Prepend(0), static (next, last) => next - last)];

    // Arrivals in windows of one length, from the start of the run.
    public static double[] Counts(double[] times, double windowSeconds, int windows)
    {
        var counts = new double[windows];
        foreach (var time in times.Where(time => time < windows * windowSeconds))
        {
            counts[Math.Min(windows - 1, (int)(time / windowSeconds))]++;
        }

        return counts;
    }
}
