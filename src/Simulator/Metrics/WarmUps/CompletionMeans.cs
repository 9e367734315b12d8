namespace SimServe.Simulator.Metrics.WarmUps;

// Latencies in order of completion as means of equally many: 5, and twice as many whenever there would be too many means.
internal sealed class CompletionMeans
{
    public const int MostMeans = 2048;

    // The batch size of White's MSER-5.
    private const int FirstSize = 5;

    private readonly double[] _means = new double[MostMeans];
    private readonly long[] _ends = new long[MostMeans];
    private int _count;
    private int _filled;
    private double _sum;

    public int Size { get; private set; } = FirstSize;

    public ReadOnlySpan<double> Means => _means.AsSpan(0, _count);

    public void Add(long latency, long finishedAt)
    {
        _sum += latency;
        if (++_filled < Size)
        {
            return;
        }

        if (_count == MostMeans)
        {
            Halve();
            return;
        }

        Close(finishedAt);
    }

    // When the first so many means were complete, in ticks.
    public long EndOf(int means) => means == 0 ? 0 : _ends[means - 1];

    private void Close(long finishedAt)
    {
        (_means[_count], _ends[_count]) = (_sum / Size, finishedAt);
        _count++;
        (_filled, _sum) = (0, 0);
    }

    // The mean just filled goes on as the first half of one of twice the size.
    private void Halve()
    {
        for (var i = 0; i < MostMeans / 2; i++)
        {
            (_means[i], _ends[i]) = ((_means[2 * i] + _means[(2 * i) + 1]) / 2, _ends[(2 * i) + 1]);
        }

        (_count, Size) = (MostMeans / 2, 2 * Size);
    }
}
