using SimServe.Policies;
using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Profiling;

// Repetitions of each measurement, from several threads, and their means.
internal sealed class SampleBook
{
    // Latency adds up many steps, so the mean predicts it and the median does not; but a repetition that some other process stopped
    // for a whole time slice says nothing about the device.
    private const double OutlierOverMedian = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Term, Work Work, long Bytes, int Steps), List<double>> _seconds = [];

    public void Add(string term, Work work, long bytes, int steps, double seconds)
    {
        lock (_gate)
        {
            if (!_seconds.TryGetValue((term, work, bytes, steps), out var repetitions))
            {
                _seconds.Add((term, work, bytes, steps), repetitions = []);
            }

            repetitions.Add(seconds);
        }
    }

    public ProfileSample[] Close() => [.. _seconds
        .OrderBy(static pair => pair.Key.Term, StringComparer.Ordinal)
        .ThenBy(static pair => pair.Key.Work.Flops)
        .ThenBy(static pair => pair.Key.Bytes)
        .Select(static pair => Summarise(pair.Key, pair.Value))];

    private static ProfileSample Summarise((string Term, Work Work, long Bytes, int Steps) key, List<double> seconds)
    {
        seconds.Sort();
        var median = seconds[seconds.Count / 2];
        var kept = seconds.FindAll(second => second <= OutlierOverMedian * median);
        var spread = (seconds[seconds.Count * 3 / 4] - seconds[seconds.Count / 4]) / median;
        return new ProfileSample(key.Term, key.Work, key.Bytes, key.Steps, kept.Average(), spread, kept.Count, seconds.Count - kept.Count);
    }
}
