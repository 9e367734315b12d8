using System.Numerics;
using System.Runtime.InteropServices;

namespace SimServe.Policies;

/// <summary>A named stream of random numbers, seeded from the run's seed and its own name.</summary>
/// <remarks>
/// Each consumer has its own stream, so adding one changes no other: two policies compared on one seed see the same
/// workload (common random numbers). The generator is xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom
/// number generators", 2021), filled by SplitMix64 from a FNV-1a hash of the name; it gives the same numbers on every machine.
/// It derives from <see cref="Random"/> so that libraries of distributions can draw from it. Not thread-safe.
/// </remarks>
public sealed class RandomStream : Random
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Creates the stream.</summary>
    /// <param name="runSeed">The run's seed.</param>
    /// <param name="name">The stream's name, e.g. <c>arrivals</c>; not empty.</param>
    public RandomStream(long runSeed, string name)
        : base(0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        unchecked
        {
            var state = 14695981039346656037UL;
            foreach (var octet in MemoryMarshal.AsBytes(name.AsSpan()))
            {
                state = (state ^ octet) * 1099511628211UL;
            }

            state ^= (ulong)runSeed * 0x9E3779B97F4A7C15UL;
            _s0 = SplitMix(ref state);
            _s1 = SplitMix(ref state);
            _s2 = SplitMix(ref state);
            _s3 = SplitMix(ref state);
        }
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
            var shifted = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= shifted;
            _s3 = BitOperations.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>A standard normal number (Box-Muller, first of the pair).</summary>
    public double NextGaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <inheritdoc/>
    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextBits() >> 40) * (1f / (1 << 24));

    /// <inheritdoc/>
    public override int Next() => (int)(NextBits() % int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue) => Next(0, maxValue);

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)(minValue + (long)(NextDouble() * ((long)maxValue - minValue)));
    }

    /// <inheritdoc/>
    public override long NextInt64() => (long)(NextBits() >> 1) % long.MaxValue;

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (var i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)(NextBits() >> 56);
        }
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
