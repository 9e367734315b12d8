using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Fleets;

/// <summary>Workers of several devices, each of which computes a patch of every image with its neighbours' activations of the step before.</summary>
/// <remarks>
/// <para>
/// Source: DistriFusion (CVPR '24), displaced patch parallelism. A device computes its share of the rows, and attends to the keys of all. The others' keys and values come while it computes: a step takes longer for them
/// only where their exchange takes longer than the computation. The first steps of an image have no activations of a step before, and wait for all of the exchange.
/// </para>
/// <para>
/// Simplified: the boundary rows and statistics that convolutions and normalisations exchange are part of <see cref="LossShare"/>; an image that begins at a later step counts its first steps from the beginning all the same; prompts are
/// encoded, images decoded and templates recorded as by one device, and every device loads all rows that a step reuses.
/// </para>
/// </remarks>
public sealed record PatchParallelism
{
    /// <summary>Devices of a worker, at least 2.</summary>
    public required int Devices { get; init; }

    /// <summary>First steps of an image that wait for the exchange, at least 1.</summary>
    /// <value>5: the first, and four more as the authors' code has by default.</value>
    public int WarmupSteps { get; init; } = 5;

    /// <summary>What a device receives from the others, bytes/s; <c>null</c>: exchange takes no time.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>What every step takes besides, as a share of its computation on one device: smaller kernels, messages that are not hidden. 0 or more.</summary>
    /// <value>0.039, fitted to the published 6.1 times on eight A100 at 3840x3840: 1 / 6.1 - 1 / 8.</value>
    public double LossShare { get; init; } = 0.039;

    /// <summary>Time in which a device receives the others' keys and values of one step.</summary>
    /// <param name="model">The model, at the images' size.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    public TimeSpan Exchange(ModelShape model, int members)
    {
        if (BytesPerSecond is not { } bandwidth)
        {
            return TimeSpan.Zero;
        }

        ArgumentNullException.ThrowIfNull(model);
        var numbers = 0L;
        for (var i = 0; i < model.Blocks.Count; i++)
        {
            var block = model.Blocks[i];
            numbers += block.IsTokenWise ? 2L * block.ImageTokens * block.Width : 0;
        }

        return Duration.FromSeconds((double)numbers * model.BytesPerElement * model.Branches * members * (Devices - 1) / Devices / bandwidth);
    }

    /// <summary>What of the exchange a step waits for that has activations of a step before.</summary>
    /// <param name="model">The model, at the images' size.</param>
    /// <param name="costs">Times of a worker: of its devices' shares.</param>
    /// <param name="members">Requests in the batch, at least 1.</param>
    public TimeSpan Unhidden(ModelShape model, ICostModel costs, int members)
    {
        ArgumentNullException.ThrowIfNull(costs);
        var left = Exchange(model, members);
        for (var i = 0; i < model.Blocks.Count && left > TimeSpan.Zero; i++)
        {
            var block = model.Blocks[i];
            left -= costs.Compute(block.Kind, block.PlainWork().Times((long)members * model.Branches));
        }

        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Whether a step waits for all of the exchange, because an image in the batch is at one of its first steps, and how many such steps follow one another.</summary>
    /// <param name="members">The batch.</param>
    /// <returns>0 where none is.</returns>
    public int WarmupLeft(IReadOnlyList<StepMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var left = 0;
        for (var i = 0; i < members.Count; i++)
        {
            left = Math.Max(left, WarmupSteps - members[i].Step);
        }

        return left;
    }
}
