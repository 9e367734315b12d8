namespace SimServe.Simulator.Metrics.Series;

// A run in slices of equal length, at most a thousand of them: when they are full, pairs become one and the length doubles.
internal sealed class TimeSeries
{
    public const int MostSlices = 1000;

    private readonly Slice[] _slices = new Slice[MostSlices];
    private long _length;
    private long _end;
    private int _current;
    private Slice _now;

    public TimeSeries(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        _length = _end = length.Ticks;
        _slices[0] = _now = new Slice();
    }

    public TimeSpan Length => new(_length);

    // The slice of the present.
    public Slice Now => _now;

    // Goes from one instant to a later one, with so many in each state in between.
    public void Elapse(long from, long to, long waiting, long running, long serving)
    {
        while (to >= _end)
        {
            Stay(_end - from, waiting, running, serving);
            from = _end;
            MoveNext();
        }

        Stay(to - from, waiting, running, serving);
    }

    // Spreads busy time that ends in the present slice over the slices it lies in.
    public void Busy(long start, long end)
    {
        var (slice, sliceStart) = (_current, _end - _length);
        while (start < sliceStart && slice > 0)
        {
            _slices[slice].Busy += Math.Max(0, end - sliceStart);
            end = Math.Min(end, sliceStart);
            (slice, sliceStart) = (slice - 1, sliceStart - _length);
        }

        _slices[slice].Busy += end - start;
    }

    public Int128 WaitingArea() => Sum(static slice => slice.WaitingArea);

    public Int128 RunningArea() => Sum(static slice => slice.RunningArea);

    public IReadOnlyList<SliceRow> Rows(long end)
    {
        var rows = new List<SliceRow>();
        for (var i = 0; i <= _current; i++)
        {
            var start = i * _length;
            var length = Math.Min(_length, end - start);
            if (length > 0 || i == 0)
            {
                rows.Add(Row(_slices[i], start, length));
            }
            else
            {
                // The run ended at the very start of a slice: its last events belong to the one before.
                rows[^1] = Row(Merged(_slices[i - 1], _slices[i]), start - _length, _length);
            }
        }

        return rows;
    }

    private static Slice Merged(Slice first, Slice second)
    {
        var merged = new Slice();
        merged.Merge(first);
        merged.Merge(second);
        return merged;
    }

    private static SliceRow Row(Slice slice, long start, long length) => new()
    {
        StartSeconds = Seconds(start),
        LengthSeconds = Seconds(length),
        Arrivals = slice.Arrivals,
        Completions = slice.Completions,
        QueueLength = Average(slice.WaitingArea, length),
        Running = Average(slice.RunningArea, length),
        WorkersReady = Average(slice.ServingArea, length),
        BusyShare = slice.ServingArea > 0 ? (double)slice.Busy / slice.ServingArea : null,
        BatchSize = slice.Steps > 0 ? (double)slice.RequestSteps / slice.Steps : null,
        LatencyP50Seconds = slice.Completions > 0 ? slice.Latencies.Quantile(0.5) / TimeSpan.TicksPerSecond : null,
        LatencyP99Seconds = slice.Completions > 0 ? slice.Latencies.Quantile(0.99) / TimeSpan.TicksPerSecond : null,
        Bytes = slice.Bytes,
    };

    private static double Average(long area, long length) => length > 0 ? (double)area / length : 0;

    private static double Seconds(long ticks) => (double)ticks / TimeSpan.TicksPerSecond;

    private void Stay(long ticks, long waiting, long running, long serving)
    {
        _now.WaitingArea += waiting * ticks;
        _now.RunningArea += running * ticks;
        _now.ServingArea += serving * ticks;
    }

    private void MoveNext()
    {
        if (_current + 1 == MostSlices)
        {
            Halve();
        }

        _current++;
        _end += _length;
        _now = _slices[_current] ??= new Slice();
    }

    private void Halve()
    {
        for (var i = 0; i < MostSlices / 2; i++)
        {
            var (kept, later) = (_slices[2 * i], _slices[(2 * i) + 1]);
            kept.Merge(later);
            later.Clear();
            (_slices[i], _slices[2 * i]) = (kept, _slices[i]);
            _slices[(2 * i) + 1] = later;
        }

        _length *= 2;
        _current = (MostSlices / 2) - 1;
    }

    private Int128 Sum(Func<Slice, long> area)
    {
        Int128 sum = 0;
        for (var i = 0; i <= _current; i++)
        {
            sum += area(_slices[i]);
        }

        return sum;
    }
}
