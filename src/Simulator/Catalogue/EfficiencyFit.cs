using SimServe.Policies;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Catalogue;

// The roofline of a published measurement: its time at a share of the peak, and the share at its time.
internal static class EfficiencyFit
{
    private const double LeastShare = 0.001;

    // The time falls as the share rises, so halving finds the share; 60 halvings exhaust a double.
    public static double Share(DeviceEntry device, ModelShape shape, PublishedLatency anchor)
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

    public static double Seconds(DeviceEntry device, ModelShape shape, PublishedLatency published, double share)
    {
        var costs = new RooflineCostModel(device.ToSpec(), shape, new RooflineOptions { Efficiency = share });
        var step = shape.Blocks.Aggregate(
            costs.StepOverhead(1), (time, block) => time + costs.Compute(block.Kind, block.PlainWork().Times(shape.Branches)));
        var around = published.EndToEnd ? costs.Encode + costs.Decode : TimeSpan.Zero;
        return ((published.Steps * step) + around).TotalSeconds;
    }
}
