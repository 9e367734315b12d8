namespace SimServe.Policies.Routing;

/// <summary>How much more than the least loaded worker a preferred one may have to do.</summary>
/// <remarks>
/// The idea is that of Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads" (SODA 2018): affinity decides, but no worker takes more
/// than a constant factor of its share. Theirs is a factor of the average; the least loaded worker is what the serving loop knows at once.
/// </remarks>
public sealed record LoadBound
{
    private readonly double _factor = 1.5;

    /// <summary>A preferred worker may have, with the arrival, this many times the requests of the least loaded one with the arrival, rounded up; at least 1.</summary>
    /// <value>1.5: beside an idle worker a preferred one may have 1 request, beside one with 3 it may have 5.</value>
    public double Factor
    {
        get => _factor;
        init
        {
            if (!(value >= 1) || double.IsInfinity(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The factor of a load bound must be a finite number, at least 1.");
            }

            _factor = value;
        }
    }

    /// <summary>Most requests that a worker may have before the arrival to be preferred.</summary>
    /// <param name="least">Requests of the least loaded worker.</param>
    /// <returns>At least <paramref name="least"/>.</returns>
    public long Most(int least) => (long)Math.Ceiling(_factor * (least + 1.0)) - 1;
}
