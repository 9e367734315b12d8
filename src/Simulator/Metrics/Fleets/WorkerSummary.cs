namespace SimServe.Simulator.Metrics.Fleets;

/// <summary>What a worker did in the measured time.</summary>
public sealed record WorkerSummary
{
    /// <summary>Number of the worker.</summary>
    public required int Worker { get; init; }

    /// <summary>Time it was on, from machine to off or failure, s.</summary>
    public required double OnSeconds { get; init; }

    /// <summary>Time it could serve: ready or draining, s.</summary>
    public required double ServingSeconds { get; init; }

    /// <summary>Time it denoised, s.</summary>
    public required double BusySeconds { get; init; }

    /// <summary>Time over <see cref="ServingSeconds"/> in which it denoised, from 0 to 1; 0 when it never served.</summary>
    public double BusyShare => ServingSeconds > 0 ? BusySeconds / ServingSeconds : 0;

    /// <summary>Time it stood still for a template's cache, s.</summary>
    public required double CacheStallSeconds { get; init; }

    /// <summary>Time it stood still for adapters, s.</summary>
    public required double AdapterStallSeconds { get; init; }

    /// <summary>Time in which the thread that denoises prepared and decoded requests instead, s.</summary>
    public required double PrePostStallSeconds { get; init; }

    /// <summary>Denoising steps of its batches.</summary>
    public required long Steps { get; init; }

    /// <summary>Denoising steps of its requests: steps times batch size.</summary>
    public required long RequestSteps { get; init; }

    /// <summary>Bytes moved over its link.</summary>
    public required long Bytes { get; init; }

    /// <summary>Requests that ended at it, completed.</summary>
    public required long Completed { get; init; }

    /// <summary>What it cost, dollars.</summary>
    public required double Dollars { get; init; }

    /// <summary>Energy, kWh.</summary>
    public required double KilowattHours { get; init; }
}
