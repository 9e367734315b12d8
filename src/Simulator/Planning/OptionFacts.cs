namespace SimServe.Simulator.Planning;

/// <summary>What can be said of a kind of device before any simulation.</summary>
public sealed record OptionFacts
{
    /// <summary>Index of the option.</summary>
    public required int Option { get; init; }

    /// <summary>Most requests/s that one worker can finish: the best batch size at the mean mask, encoding and decoding beside it.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Latency alone that as large a share of requests as the objective asks for stays within, seconds.</summary>
    public required double AloneSeconds { get; init; }

    /// <summary>Share of requests that keep their bound alone on an idle worker.</summary>
    public required double AttainmentAlone { get; init; }

    /// <summary>Time to load a mean request's template rows over the time to compute its masked blocks: above 1 the link binds.</summary>
    public required double LoadOverCompute { get; init; }

    /// <summary>Bytes of the weights of all its models, or <c>null</c> where nobody counted them.</summary>
    public required double? WeightBytes { get; init; }

    /// <summary>Why the device alone can never meet the objective, in words, or <c>null</c>.</summary>
    public required string? Impossible { get; init; }

    /// <summary>Whether it can serve any request in time, so that it may be part of a mix.</summary>
    public required bool Helps { get; init; }
}
