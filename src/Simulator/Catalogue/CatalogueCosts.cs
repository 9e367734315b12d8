using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Catalogue;

/// <summary>Cost models of the catalogue's devices: the roofline, with the share of the peak fitted to one published latency.</summary>
/// <param name="shapeOf">
/// The shape of a published model at a side in pixels, or <c>null</c> where it is not known: then the efficiency is assumed.
/// </param>
public sealed class CatalogueCosts(Func<string, int, ModelShape?> shapeOf)
{
    private const double LeastShare = 0.001;

    /// <summary>A device's cost model for a model.</summary>
    /// <param name="device">The device.</param>
    /// <param name="model">The model that is served.</param>
    /// <returns>The model, and what its times rest on.</returns>
    public (ICostModel Costs, CostProvenance Provenance) Of(DeviceEntry device, ModelShape model)
    {
        var (share, provenance) = Efficiency(device);
        return (new RooflineCostModel(device.ToSpec(), model, new RooflineOptions { Efficiency = share }), provenance);
    }

    /// <summary>The share of its peak that a device reaches.</summary>
    /// <param name="device">The device.</param>
    public (double Share, CostProvenance Provenance) Efficiency(DeviceEntry device)
    {
        if (device.Anchor is { } anchor && shapeOf(anchor.Model, anchor.Side) is { } shape)
        {
            var share = Fit(device, shape, anchor);
            return (share, new CostProvenance(Provenance.Published, $"{share:0.0%} of the peak, fitted to {anchor.Label} ({anchor.Source})"));
        }

        if (device.Fallback is { Like: { } like, Reason: var reason })
        {
            var share = Efficiency(DeviceCatalogue.Find(like)).Share;
            return (share, new CostProvenance(Provenance.Analytic, $"{share:0.0%} of the peak, assumed as on {like}: {reason}"));
        }

        var fallback = device.Fallback ?? new EfficiencyFallback(null, new RooflineOptions().Efficiency, "nothing was published");
        return (fallback.Share, new CostProvenance(Provenance.Analytic, $"{fallback.Share:0.0%} of the peak, assumed: {fallback.Reason}"));
    }

    /// <summary>What the cost model says of a published measurement, seconds.</summary>
    /// <param name="device">The device.</param>
    /// <param name="published">The measurement.</param>
    /// <returns><c>null</c> where the measured model's shape is not known.</returns>
    public double? Predict(DeviceEntry device, PublishedLatency published) =>
        shapeOf(published.Model, published.Side) is { } shape ? Seconds(device, shape, published, Efficiency(device).Share) : null;

    // The time falls as the share rises, so halving finds the share; 60 halvings exhaust a double.
    private static double Fit(DeviceEntry device, ModelShape shape, PublishedLatency anchor)
    {
        var (low, high) = (LeastShare, 1.0);
        if (Seconds(device, shape, anchor, high) > anchor.Seconds)
        {
            throw new ArgumentException($"{anchor.Label} on {device.Name} is faster than its peak allows: check the catalogue.", nameof(anchor));
        }

        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Seconds(device, shape, anchor, middle) > anchor.Seconds ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static double Seconds(DeviceEntry device, ModelShape shape, PublishedLatency published, double share)
    {
        var costs = new RooflineCostModel(device.ToSpec(), shape, new RooflineOptions { Efficiency = share });
        var step = shape.Blocks.Aggregate(
            costs.StepOverhead(1), (time, block) => time + costs.Compute(block.Kind, block.PlainWork().Times(shape.Branches)));
        var around = published.EndToEnd ? costs.Encode + costs.Decode : TimeSpan.Zero;
        return ((published.Steps * step) + around).TotalSeconds;
    }
}
