using SimServe.Policies;

namespace SimServe.Simulator.Devices;

/// <summary>How much longer or shorter than predicted computation takes: in the whole run, and for each request.</summary>
/// <remarks>
/// A request's part is drawn from the profile's quantiles by its number and the run's seed alone: it is the same on every worker, under every policy and however steps are coalesced.
/// A batch takes the mean of its members' parts.
/// </remarks>
/// <param name="factor">How many times as long everything takes; above 0.</param>
/// <param name="spread">Quantiles of a request's part, evenly spread from the least to the greatest, at least two; empty where all are alike.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class ServiceVariation(double factor, IReadOnlyList<double> spread, long seed)
{
    /// <summary>Whether everything takes exactly what is predicted.</summary>
    public bool IsNone => factor == 1 && spread.Count == 0;

    /// <summary>For the steps of a batch.</summary>
    /// <param name="members">The batch, at least one.</param>
    public double Of(IReadOnlyList<StepMember> members)
    {
        if (spread.Count == 0)
        {
            return factor;
        }

        var sum = 0.0;
        for (var i = 0; i < members.Count; i++)
        {
            sum += PartOf(members[i].Id);
        }

        return factor * sum / members.Count;
    }

    /// <summary>For preparing a request or turning it into an image.</summary>
    /// <param name="request">The request.</param>
    public double Of(RequestId request) => spread.Count == 0 ? factor : factor * PartOf(request);

    private double PartOf(RequestId request)
    {
        var place = RequestDraw.Of(seed, request) * (spread.Count - 1);
        var (index, share) = ((int)place, place - (int)place);
        return spread[index] + (share * (spread[index + 1] - spread[index]));
    }
}
