using System.Text.Json.Serialization;

namespace SimServe.Simulator.Metrics;

/// <summary>Rates, costs and averages over the measured window. Null: not defined, e.g. because there were no images, objectives or prices.</summary>
public sealed record RunRates
{
    /// <summary>Completions in the window over its length, requests/s.</summary>
    public required double RequestThroughput { get; init; }

    /// <summary>Completions within their objective over the window's length, requests/s.</summary>
    public required double? RequestGoodput { get; init; }

    /// <summary>Share of requests that met their objective.</summary>
    public required double? SloAttainment { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public required double? SloAttainmentLow { get; init; }

    /// <summary>Upper end of its 95 % interval.</summary>
    public required double? SloAttainmentHigh { get; init; }

    /// <summary>Images per second and GPU that was on, those that run ControlNets included.</summary>
    public required double? ImageThroughputPerGpu { get; init; }

    /// <summary>Denoising steps of workers, steps/s.</summary>
    public required double StepThroughput { get; init; }

    /// <summary>Denoising steps of requests, steps/s.</summary>
    public required double RequestStepThroughput { get; init; }

    /// <summary>Mean batch size over workers' steps; 0 when there were none.</summary>
    public required double AverageBatchSize { get; init; }

    /// <summary>Requests that had arrived and not joined a batch, time average.</summary>
    public required double AverageQueueLength { get; init; }

    /// <summary>Requests that had joined a batch and not ended, time average.</summary>
    public required double AverageRunning { get; init; }

    /// <summary>GPUs that were on, time average; those that run ControlNets included.</summary>
    public required double TimeAveragedGpus { get; init; }

    /// <summary>Hours that GPUs were on, those that run ControlNets included.</summary>
    public required double GpuHours { get; init; }

    /// <summary>Time that GPUs were on per image, those that run ControlNets included, s.</summary>
    public required double? GpuSecondsPerImage { get; init; }

    /// <summary>Time that workers' GPUs denoised per image, s.</summary>
    public required double? BusyGpuSecondsPerImage { get; init; }

    /// <summary>Share of the time that workers could serve in which they denoised, from 0 to 1.</summary>
    public required double? GpuBusyShare { get; init; }

    /// <summary>Share of it in which they stood still for caches.</summary>
    public required double? CacheStallShare { get; init; }

    /// <summary>Share of it in which they stood still for adapters.</summary>
    public required double? AdapterStallShare { get; init; }

    /// <summary>Share of it in which the thread that denoises prepared and decoded requests instead.</summary>
    public required double? PrePostStallShare { get; init; }

    /// <summary>Bytes moved over the links.</summary>
    public required long BytesMoved { get; init; }

    /// <summary>Price of the workers' time, dollars.</summary>
    public required double? Dollars { get; init; }

    /// <summary>Of 1,000 images, dollars.</summary>
    [JsonPropertyName("dollars_per_1k_images")]
    public required double? DollarsPer1kImages { get; init; }

    /// <summary>Of 1,000 images within their objective, dollars.</summary>
    [JsonPropertyName("dollars_per_1k_good_images")]
    public required double? DollarsPer1kGoodImages { get; init; }

    /// <summary>Energy, kWh.</summary>
    public required double? EnergyKwh { get; init; }

    /// <summary>Energy per image, Wh.</summary>
    public required double? EnergyWhPerImage { get; init; }

    /// <summary>Jain's index of the tenants' shares of requests served; null for no tenant.</summary>
    public required double? FairnessServed { get; init; }

    /// <summary>Jain's index of the mean latencies of tenants that completed something.</summary>
    public required double? FairnessLatency { get; init; }
}
