namespace SimServe.Simulator.Catalogue;

/// <summary>A measurement that somebody published: how long a known model takes on a device.</summary>
public sealed record PublishedLatency
{
    /// <summary>Name of the published model, e.g. <c>flux-dev</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Side of the square image, pixels.</summary>
    public required int Side { get; init; }

    /// <summary>Denoising steps that <see cref="Seconds"/> covers.</summary>
    public required int Steps { get; init; }

    /// <summary>The time they took for one image, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether text encoders and image decoder are part of it.</summary>
    public required bool EndToEnd { get; init; }

    /// <summary>Who measured which software, in a few words for tables, e.g. <c>xDiT, compiled</c>.</summary>
    public required string By { get; init; }

    /// <summary>Who measured it, with which software, on what, and where that was published.</summary>
    public required string Source { get; init; }

    /// <summary>What was measured, in a few words.</summary>
    public string Label => $"{Model} {Conditions}";

    /// <summary>Size, steps and time.</summary>
    public string Conditions => FormattableString.Invariant($"{Side}x{Side}, {Steps} {(Steps == 1 ? "step" : "steps")} in {Seconds:0.####} s");
}
