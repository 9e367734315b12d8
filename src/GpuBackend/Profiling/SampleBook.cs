using SimServe.Policies;
using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Profiling;

// Repetitions of each measurement, from several threads, and their medians.
internal sealed class SampleBook
{
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
        var spread = (seconds[seconds.Count * 3 / 4] - seconds[seconds.Count / 4]) / median;
        return new ProfileSample(key.Term, key.Work, key.Bytes, key.Steps, median, spread, seconds.Count);
    }
}
