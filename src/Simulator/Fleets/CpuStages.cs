namespace SimServe.Simulator.Fleets;

/// <summary>What processors do around the devices. All zero unless given.</summary>
public sealed record CpuStages
{
    /// <summary>What FlashPS (EuroSys '26, section 6.6) measured: 0.6 ms a decision, 1.1 ms and 1.3 ms a latent.</summary>
    /// <remarks>Its 1.2 ms of every step for putting the batch together belong to the device's times: <see cref="AssembledCosts"/>.</remarks>
    public static readonly CpuStages FlashPS = new()
    {
        Decision = TimeSpan.FromMicroseconds(600),
        Serialisation = TimeSpan.FromMicroseconds(1100),
        Transfer = TimeSpan.FromMicroseconds(1300),
    };

    /// <summary>Time the router takes for one decision; decisions are made one after the other.</summary>
    public TimeSpan Decision { get; init; }

    /// <summary>Processor time before a request's prompt is encoded: decoding its image and mask.</summary>
    public TimeSpan Preprocessing { get; init; }

    /// <summary>Processor time after a request's image is decoded: encoding the file.</summary>
    public TimeSpan Postprocessing { get; init; }

    /// <summary>Time to serialise a finished latent on its way to the decoder.</summary>
    public TimeSpan Serialisation { get; init; }

    /// <summary>Time to send it there.</summary>
    public TimeSpan Transfer { get; init; }

    /// <summary>Processes per host that pre- and post-process, at least 1.</summary>
    /// <value>8.</value>
    public int Processes { get; init; } = 8;
}
