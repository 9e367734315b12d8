using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Grows one connected blob of tokens.</summary>
internal sealed class BlobGrowth
{
    private readonly TokenGrid _grid;
    private readonly RandomStream _random;
    private readonly double _raggedness;
    private readonly double _aspect;
    private readonly (double X, double Y) _axis;
    private readonly int _start;
    private readonly bool[] _seen;

    // The token is part of the priority: equal heights must leave in the same order on every run.
    private readonly PriorityQueue<int, (double Height, int Token)> _frontier = new();

    public BlobGrowth(TokenGrid grid, RandomStream random, double maxAspectRatio, double raggedness)
    {
        _grid = grid;
        _random = random;
        _raggedness = raggedness;
        _aspect = 1 + (random.NextDouble() * (maxAspectRatio - 1));
        _axis = Direction(random);
        _start = random.Next(grid.Count);
        _seen = new bool[grid.Count];
    }

    public void Fill(Span<int> tokens)
    {
        Offer(_start % _grid.Columns, _start / _grid.Columns);
        foreach (ref var token in tokens)
        {
            token = _frontier.Dequeue();
            var (x, y) = (token % _grid.Columns, token / _grid.Columns);
            Offer(x - 1, y);
            Offer(x + 1, y);
            Offer(x, y - 1);
            Offer(x, y + 1);
        }
    }

    /// <remarks>By rejection from the unit disc: square roots are the same on every machine, sines are not.</remarks>
    private static (double X, double Y) Direction(RandomStream random)
    {
        double x, y, square;
        do
        {
            x = (2 * random.NextDouble()) - 1;
            y = (2 * random.NextDouble()) - 1;
            square = (x * x) + (y * y);
        }
        while (square is 0 or > 1);
        var length = Math.Sqrt(square);
        return (x / length, y / length);
    }

    private void Offer(int x, int y)
    {
        var token = (y * _grid.Columns) + x;
        if (x >= 0 && y >= 0 && x < _grid.Columns && y < _grid.Rows && !_seen[token])
        {
            _seen[token] = true;
            _frontier.Enqueue(token, (Height(x, y), token));
        }
    }

    private double Height(int x, int y)
    {
        var (dx, dy) = (x - (_start % _grid.Columns), y - (_start / _grid.Columns));
        var along = (dx * _axis.X) + (dy * _axis.Y);
        var across = _aspect * ((dy * _axis.X) - (dx * _axis.Y));
        return ((along * along) + (across * across)) * (1 + (_raggedness * _random.NextDouble()));
    }
}
