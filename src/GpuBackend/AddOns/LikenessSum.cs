using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Adds up how alike pairs are.</summary>
internal sealed class LikenessSum
{
    private double _sum;
    private double _least = double.PositiveInfinity;
    private int _count;

    /// <summary>The mean and the least of what was added.</summary>
    public Likeness Result => new(Math.Max(_sum / _count, _least), _least);

    /// <summary>Adds a pair.</summary>
    public void Add(double likeness)
    {
        // Rounding may give a little more than 1.
        likeness = Math.Clamp(likeness, -1, 1);
        (_sum, _least, _count) = (_sum + likeness, Math.Min(_least, likeness), _count + 1);
    }

    /// <summary>Adds the cosine similarity of each image's latents.</summary>
    /// <param name="one">Images one behind the other.</param>
    /// <param name="other">The same images.</param>
    /// <param name="images">How many.</param>
    /// <exception cref="ArithmeticException">A latent is not a finite number.</exception>
    public void AddCosines(float[] one, float[] other, int images)
    {
        var length = one.Length / images;
        for (var image = 0; image < images; image++)
        {
            Add(Cosine(one.AsSpan(image * length, length), other.AsSpan(image * length, length)));
        }
    }

    private static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var (product, first, second) = (0.0, 0.0, 0.0);
        for (var i = 0; i < one.Length; i++)
        {
            product += (double)one[i] * other[i];
            first += (double)one[i] * one[i];
            second += (double)other[i] * other[i];
        }

        var cosine = product / Math.Sqrt(first * second);
        return double.IsFinite(cosine) ? cosine : throw new ArithmeticException("A latent is not a finite number: the model's activations overflowed.");
    }
}
