namespace SimServe.Simulator.Metrics.Checks;

/// <summary>What must hold in every run, whatever the policies.</summary>
public enum CheckKind
{
    /// <summary>Every request arrives once and ends once, and the outcomes sum to the requests.</summary>
    Conservation,

    /// <summary>Time never runs backwards: events come in order, and so do the instants of every request.</summary>
    MonotoneTime,

    /// <summary>The area under the number of requests in the system is the sum of their times in it.</summary>
    LittleSystem,

    /// <summary>The same for every worker.</summary>
    LittleWorkers,

    /// <summary>Workers are busy for as long as requests used them.</summary>
    Utilisation,

    /// <summary>No worker idles while a request that is ready waits for it, but for what its batching policy waits on purpose.</summary>
    WorkConservation,
}
