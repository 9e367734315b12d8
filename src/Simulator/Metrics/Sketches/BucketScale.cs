using System.Numerics;

namespace SimServe.Simulator.Metrics.Sketches;

/// <summary>Log-spaced buckets for whole numbers: so many of equal width in every octave, as in Tene's HdrHistogram.</summary>
/// <param name="Bits">2 to this power buckets per octave; from 1 to 12.</param>
/// <remarks>Numbers below 2^(bits + 1) have a bucket each. The middle of a bucket is within a share of 2^-(bits + 1) of everything in it.</remarks>
internal readonly record struct BucketScale(int Bits)
{
    /// <summary>Greatest relative difference between a number and the middle of its bucket.</summary>
    public double RelativeError => 1.0 / (1L << (Bits + 1));

    /// <summary>Buckets of an octave.</summary>
    public int PerOctave => 1 << Bits;

    /// <summary>Number of the bucket of a value that is not negative; it never falls when the value grows.</summary>
    public int Index(long value)
    {
        var shift = BitOperations.Log2((ulong)value | (1UL << Bits)) - Bits;
        return (shift << Bits) + (int)(value >> shift);
    }

    /// <summary>Middle of a bucket.</summary>
    public double Middle(int index)
    {
        var shift = Math.Max(0, (index >> Bits) - 1);
        var low = (long)(index - (shift << Bits)) << shift;
        return low + (((1L << shift) - 1) / 2.0);
    }
}
