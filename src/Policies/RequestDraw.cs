namespace SimServe.Policies;

/// <summary>A random number for each request that depends on its number and a seed alone: the same whenever and wherever it is asked for.</summary>
/// <remarks>A hash and no stream, because there may be millions of requests and nothing is kept of them: the mixing function of SplitMix64 (Steele, Lea and Flood, 2014).</remarks>
public static class RequestDraw
{
    /// <summary>A request's number, uniform from 0 to below 1.</summary>
    /// <param name="seed">Tells draws apart: one seed for each purpose of a run.</param>
    /// <param name="request">The request.</param>
    public static double Of(long seed, RequestId request)
    {
        unchecked
        {
            var bits = ((ulong)seed * 0xD1342543DE82EF95UL) + ((ulong)request.Value * 0x9E3779B97F4A7C15UL) + 0x9E3779B97F4A7C15UL;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
            return ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
