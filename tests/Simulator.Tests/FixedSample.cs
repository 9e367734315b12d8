using CsCheck;

namespace SimServe.Simulator.Tests;

/// <summary>Samples of a generator that are the same in every run.</summary>
/// <remarks>CsCheck's own seed fixes the first sample only; the others follow the clock.</remarks>
internal static class FixedSample
{
    public static IEnumerable<T> Of<T>(Gen<T> generator, int count, ulong seed = 1)
    {
        var random = new PCG(1, seed);
        for (var i = 0; i < count; i++)
        {
            yield return generator.Generate(random, null, out _);
        }
    }
}
