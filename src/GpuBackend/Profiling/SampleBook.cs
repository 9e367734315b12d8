using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Profiling;

// Repetitions of each measurement, from several threads, and their means.
internal sealed class SampleBook
{
    // Latency adds up many steps, so the mean predicts it and the median does not; but a repetition that some other process stopped
    // for a whole time slice says nothing about the device. Over the upper quartile, because short terms have two usual times where threads share cores.
    private const double OutlierOverQuartile = 5;

    private const int Few = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<SampleKey, List<double>> _seconds = [];

    // Worked out once for each number of repetitions: all of them are asked for at every choice of the next point.
    private readonly Dictionary<SampleKey, (int Repetitions, double Error)> _errors = [];

    public void Add(SampleKey key, double seconds)
    {
        lock (_gate)
        {
            if (!_seconds.TryGetValue(key, out var repetitions))
            {
                _seconds.Add(key, repetitions = []);
            }

            repetitions.Add(seconds);
        }
    }

    // Standard error of the mean over the mean; of fewer than two repetitions nothing is known.
    public double RelativeError(SampleKey key)
    {
        lock (_gate)
        {
            var repetitions = _seconds[key];
            if (!_errors.TryGetValue(key, out var known) || known.Repetitions != repetitions.Count)
            {
                var kept = Kept([.. repetitions.Order()]);
                _errors[key] = known = (repetitions.Count, kept.Count < 2 ? double.PositiveInfinity : Deviation(kept) / Math.Sqrt(kept.Count) / kept.Average());
            }

            return known.Error;
        }
    }

    public ProfileSample[] Close() => [.. _seconds
        .OrderBy(static pair => pair.Key.Term, StringComparer.Ordinal)
        .ThenBy(static pair => pair.Key.Work.Flops)
        .ThenBy(static pair => pair.Key.Bytes)
        .Select(static pair => Summarise(pair.Key, pair.Value))];

    private static double Deviation(List<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private static List<double> Kept(List<double> sorted) => sorted.FindAll(second => second <= OutlierOverQuartile * sorted[sorted.Count * 3 / 4]);

    private static ProfileSample Summarise(SampleKey key, List<double> measured)
    {
        List<double> seconds = [.. measured.Order()];
        var median = seconds[seconds.Count / 2];
        var kept = Kept(seconds);
        var spread = (seconds[seconds.Count * 3 / 4] - seconds[seconds.Count / 4]) / median;
        return new ProfileSample(key.Term, key.Work, key.Bytes, key.Steps, kept.Average(), spread, kept.Count, seconds.Count - kept.Count)
        {
            Repeatability = Repeatability(measured.FindAll(second => second <= kept[^1])),
        };
    }

    // In the order in which they were measured: a machine that drifts shows between the halves. Two means of as many repetitions differ by chance, in one case of
    // twenty by more than twice the root of two of their standard errors; a few repetitions do not say what that is, but how far they are apart.
    private static double? Repeatability(List<double> seconds)
    {
        if (seconds.Count < Few)
        {
            return seconds.Count < 2 ? null : (seconds.Max() - seconds.Min()) / seconds.Average();
        }

        var half = seconds.Count / 2;
        return Math.Max(
            Math.Abs((seconds.Skip(seconds.Count - half).Average() / seconds.Take(half).Average()) - 1),
            2 * Math.Sqrt(2) * Deviation(seconds) / Math.Sqrt(seconds.Count) / seconds.Average());
    }
}
