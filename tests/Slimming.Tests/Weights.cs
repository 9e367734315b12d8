using SimServe.Policies;

namespace SimServe.Slimming.Tests;

/// <summary>Matrices of weights, row by row, from seeds.</summary>
internal static class Weights
{
    public static float[] Random(int units, int samples, long seed = 1)
    {
        var random = new RandomStream(seed, "weights");
        var rows = new float[units * samples];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (float)random.NextGaussian();
        }

        return rows;
    }

    public static float[] OfRank(int rank, int units, int samples, long seed = 1)
    {
        var (left, right) = (Random(units, rank, seed), Random(rank, samples, seed + 1));
        var rows = new float[units * samples];
        for (var i = 0; i < rows.Length; i++)
        {
            var sum = 0.0;
            for (var r = 0; r < rank; r++)
            {
                sum += (double)left[((i / samples) * rank) + r] * right[(r * samples) + (i % samples)];
            }

            rows[i] = (float)sum;
        }

        return rows;
    }

    public static float[] Plus(this float[] rows, float[] others, float factor) => [.. rows.Zip(others, (row, other) => row + (factor * other))];

    public static float[] RowsAt(this float[] rows, IReadOnlyList<int> order)
    {
        var samples = rows.Length / order.Count;
        return [.. order.SelectMany(unit => rows.Skip(unit * samples).Take(samples))];
    }
}
