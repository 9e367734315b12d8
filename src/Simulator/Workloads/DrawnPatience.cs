using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>Draws when users give up.</summary>
/// <remarks>Takes two numbers for every request, from a stream of its own: another share or mean changes no other draw, and no other user.</remarks>
internal sealed class DrawnPatience
{
    public const string Stream = "cancellations";

    private readonly CancellationOptions _options;
    private readonly RandomStream _random;

    private DrawnPatience(CancellationOptions options, RandomStream random) => (_options, _random) = (options, random);

    // Null where nobody gives up.
    public static DrawnPatience? Of(CancellationOptions? options, long runSeed, string stream = Stream) =>
        options is null ? null : new DrawnPatience(options, new RandomStream(runSeed, stream));

    /// <summary>When the user of a request gives up, or <c>null</c>: never. After its arrival in any case.</summary>
    public Instant? Next(Instant arrival)
    {
        var (givesUp, seconds) = (_random.NextDouble() < _options.Share, -_options.MeanSeconds * Math.Log(1 - _random.NextDouble()));
        return givesUp ? Instant.Max(arrival + new TimeSpan(1), arrival + Duration.FromSeconds(seconds)) : null;
    }
}
