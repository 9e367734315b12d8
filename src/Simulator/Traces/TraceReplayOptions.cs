using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>Which part of a trace is replayed, and how fast.</summary>
/// <remarks>The window is cut first, then the first requests of it, then time is scaled. The window's start becomes the run's start.</remarks>
public sealed record TraceReplayOptions
{
    private static readonly string[] NoFault = [];

    /// <summary>Length of the replay over the length of the trace: 0.5 doubles every rate.</summary>
    /// <value>Finite and greater than 0, default 1.</value>
    public double TimeScale { get; init; } = 1;

    /// <summary>Start of the window, in the trace's time; requests at this instant belong to it.</summary>
    /// <value>Not negative, default 0.</value>
    public TimeSpan From { get; init; }

    /// <summary>End of the window, in the trace's time; requests at this instant do not belong to it.</summary>
    /// <value>Later than <see cref="From"/>; default the end of the trace.</value>
    public TimeSpan? Until { get; init; }

    /// <summary>How many requests of the window are replayed at most.</summary>
    /// <value>At least 1; default all.</value>
    public int? First { get; init; }

    /// <summary>Prompts that requests choose from, all equally likely; traces hold none.</summary>
    /// <value>At least 1; default one generic prompt.</value>
    public IReadOnlyList<string> Prompts { get; init; } = ["a photo"];

    /// <summary>Whether masks get a shape: a blob. Without, only their size is kept, which is enough unless images are made.</summary>
    /// <value>Default <c>true</c>.</value>
    public bool MaskShapes { get; init; } = true;

    /// <summary>Service classes that requests are drawn from; traces hold none. Their mask ratios are the trace's.</summary>
    /// <value>Default none: all are of <see cref="Policies.ServiceClass.Default"/>.</value>
    public IReadOnlyList<ClassShare> Classes { get; init; } = [];

    /// <summary>Users who give up; traces hold none. Times of giving up are not scaled.</summary>
    /// <value>Default <c>null</c>: every user waits.</value>
    public CancellationOptions? Cancellation { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">Some values are out of range; the message lists all of them.</exception>
    public void Validate()
    {
        string[] faults =
        [
            .. double.IsFinite(TimeScale) && TimeScale > 0 ? NoFault : [$"TimeScale is {TimeScale} but must be a finite number greater than 0. "],
            .. From >= TimeSpan.Zero ? NoFault : [$"From is {From} but must not be negative. "],
            .. Until is null || Until > From ? NoFault : [$"Until is {Until} but must be later than From, {From}. "],
            .. First is null or >= 1 ? NoFault : [$"First is {First} but must be at least 1. "],
            .. Classes.All(static share => double.IsFinite(share.Weight) && share.Weight > 0) ? NoFault : ["Classes must have finite weights greater than 0. "],
            .. Cancellation?.Faults().Select(static fault => $"{fault} ") ?? NoFault,
            .. Prompts is { Count: > 0 } ? NoFault : ["Prompts is empty but must hold at least one prompt. "],
        ];
        if (faults.Length > 0)
        {
            throw new ArgumentException($"The replay is invalid: {string.Concat(faults).TrimEnd()}");
        }
    }
}
