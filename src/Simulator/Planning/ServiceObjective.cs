namespace SimServe.Simulator.Planning;

/// <summary>When a fleet is good enough: a share of the requests within a bound.</summary>
/// <remarks>"p95 within 6 s" is an attainment of 0.95 within 6 s. With both bounds a request must keep both.</remarks>
public sealed record ServiceObjective
{
    /// <summary>Least share of requests within their bound, above 0 and below 1.</summary>
    public required double Attainment { get; init; }

    /// <summary>Most latency, from arrival to the image, seconds; <c>null</c> for no absolute bound.</summary>
    public double? Seconds { get; init; }

    /// <summary>Most latency over the same request's latency alone on an idle <see cref="ReferenceDevice"/>; <c>null</c> for no relative bound.</summary>
    public double? TimesAlone { get; init; }

    /// <summary>The device of <see cref="TimesAlone"/>.</summary>
    /// <value><c>null</c>: the fastest option, so that a slower device is not forgiven its slowness.</value>
    public string? ReferenceDevice { get; init; }

    /// <summary>In words, e.g. <c>95 % within 6 s</c>.</summary>
    public override string ToString()
    {
        var bounds = new List<string>();
        if (Seconds is { } seconds)
        {
            bounds.Add($"{seconds:0.###} s");
        }

        if (TimesAlone is { } times)
        {
            bounds.Add($"{times:0.##} times the latency alone");
        }

        return $"{Attainment * 100:0.##} % within {string.Join(" and ", bounds)}";
    }
}
