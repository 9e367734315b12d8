using SimServe.Policies;

namespace SimServe.Simulator.Traces;

/// <summary>One request of a trace: one line of our format.</summary>
public sealed record TraceRequest
{
    /// <summary>Number of the request, at least 0 and unique within the trace; the order of the lines says nothing about it.</summary>
    public required long Id { get; init; }

    /// <summary>When it arrives, from the trace's own start; to 100 ns.</summary>
    public required Instant ArrivesAt { get; init; }

    /// <summary>The template it edits, at least 0.</summary>
    public required int Template { get; init; }

    /// <summary>Masked over all tokens, from 0 to 1.</summary>
    public required double MaskRatio { get; init; }

    /// <summary>Denoising steps, at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Seed of the initial noise.</summary>
    public required long Seed { get; init; }

    /// <summary>Size of the image, where the trace says it.</summary>
    public TraceSize? Size { get; init; }

    /// <summary>Names of the ControlNets, in order; see <see cref="TraceName"/> for what a name may hold.</summary>
    public IReadOnlyList<string> ControlNets { get; init; } = [];

    /// <summary>Names of the LoRAs, in order; see <see cref="TraceName"/> for what a name may hold.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    /// <summary>Who sent it, empty where the trace does not say; see <see cref="TraceName"/> for what a name may hold.</summary>
    public string Tenant { get; init; } = "";
}
