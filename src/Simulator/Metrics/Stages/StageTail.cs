using SimServe.Simulator.Metrics.Sketches;

namespace SimServe.Simulator.Metrics.Stages;

// For every bucket of latency, the time that its requests spent in each stage, and how many spent none there: who makes the tail, without knowing
// beforehand where the tail begins.
internal sealed class StageTail
{
    // Three cache lines for each bucket: the stages' times with the number of requests, and for every stage how many spent no time there.
    private const int Stride = 24;
    private const int Untouched = LatencyStages.Count + 1;

    private long[] _ticks = [];
    private int _first;

    public void Add(int index, ReadOnlySpan<TimeSpan> stages)
    {
        var offset = index - _first;
        if (offset < 0 || offset * Stride >= _ticks.Length)
        {
            _ticks = BucketWindow.Grow(_ticks, ref _first, index, TickSketch.Scale.PerOctave, Stride);
            offset = index - _first;
        }

        var lanes = _ticks.AsSpan(offset * Stride, Stride);
        for (var i = 0; i < stages.Length; i++)
        {
            lanes[i] += stages[i].Ticks;
            lanes[Untouched + i] += stages[i].Ticks == 0 ? 1 : 0;
        }

        lanes[LatencyStages.Count]++;
    }

    // Time by stage, and requests, of the buckets from this one on.
    public (double[] Ticks, long Requests) From(int index)
    {
        var (sums, requests) = (new double[LatencyStages.Count], 0L);
        for (var offset = Math.Max(0, index - _first); offset * Stride < _ticks.Length; offset++)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += _ticks[(offset * Stride) + i];
            }

            requests += _ticks[(offset * Stride) + LatencyStages.Count];
        }

        return (sums, requests);
    }

    // Adds the requests that spent no time in a stage.
    public void AddUntouched(int stage, BucketCounts counts)
    {
        for (var offset = 0; offset * Stride < _ticks.Length; offset++)
        {
            if (_ticks[(offset * Stride) + Untouched + stage] is var untouched and > 0)
            {
                counts.Add(_first + offset, untouched);
            }
        }
    }

    // Buckets that hold requests, by ascending latency: how many, and their time by stage.
    public IEnumerable<(long Requests, ArraySegment<long> Ticks)> Buckets()
    {
        for (var offset = 0; offset < _ticks.Length; offset += Stride)
        {
            if (_ticks[offset + LatencyStages.Count] > 0)
            {
                yield return (_ticks[offset + LatencyStages.Count], new ArraySegment<long>(_ticks, offset, LatencyStages.Count));
            }
        }
    }
}
