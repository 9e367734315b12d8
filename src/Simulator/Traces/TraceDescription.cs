namespace SimServe.Simulator.Traces;

/// <summary>What a trace is like, in numbers.</summary>
public sealed record TraceDescription
{
    /// <summary>Number of requests.</summary>
    public required int Requests { get; init; }

    /// <summary>Arrivals.</summary>
    public required ArrivalDescription Arrivals { get; init; }

    /// <summary>Mask ratios.</summary>
    public required MaskDescription Masks { get; init; }

    /// <summary>Requests by their number of steps, in ascending order of steps.</summary>
    public required IReadOnlyDictionary<int, int> Steps { get; init; }

    /// <summary>Templates.</summary>
    public required NameDescription Templates { get; init; }

    /// <summary>Tenants.</summary>
    public required NameDescription Tenants { get; init; }

    /// <summary>ControlNets.</summary>
    public required NameDescription ControlNets { get; init; }

    /// <summary>LoRAs.</summary>
    public required NameDescription Loras { get; init; }

    /// <summary>Describes a trace.</summary>
    /// <param name="trace">Its requests in order of arrival, read once; 16 bytes of each are held.</param>
    /// <returns>The description, or <c>null</c> of a trace without requests.</returns>
    public static TraceDescription? Of(IEnumerable<TraceRequest> trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var (arrivals, masks, steps) = (new List<long>(), new List<double>(), new SortedDictionary<int, int>());
        var (templates, tenants, controlNets, loras) = (new NameCounts(), new NameCounts(), new NameCounts(), new NameCounts());
        foreach (var request in trace)
        {
            arrivals.Add(request.ArrivesAt.Ticks);
            masks.Add(request.MaskRatio);
            steps[request.Steps] = steps.GetValueOrDefault(request.Steps) + 1;
            templates.Add($"{request.Template}");
            tenants.Add(request.Tenant);
            controlNets.Add(request.ControlNets);
            loras.Add(request.Loras);
        }

        return arrivals.Count == 0 ? null : new TraceDescription
        {
            Requests = arrivals.Count,
            Arrivals = ArrivalDescription.Of(arrivals),
            Masks = MaskDescription.Of(masks),
            Steps = steps,
            Templates = templates.Describe(arrivals.Count),
            Tenants = tenants.Describe(arrivals.Count),
            ControlNets = controlNets.Describe(arrivals.Count),
            Loras = loras.Describe(arrivals.Count),
        };
    }
}
