using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;

namespace SimServe.Simulator.Catalogue;

/// <summary>Cost models of the catalogue's devices: the roofline, with the share of the peak fitted to one published latency of the model.</summary>
/// <remarks>
/// The share comes from the model's own anchor on the device; where there is none, from the anchor of the model of the same kind (UNet or transformer) that is
/// nearest in parameters; else from the device that this one is like; else from an anchor of the other kind; else it is assumed.
/// Only the first is <see cref="Provenance.Published"/>.
/// </remarks>
/// <param name="shapeOf">
/// The shape of a published model at a side in pixels, or <c>null</c> where it is not known: then its anchors are not used.
/// </param>
public sealed class CatalogueCosts(Func<string, int, ModelShape?> shapeOf)
{
    /// <summary>A device's cost model for a model.</summary>
    /// <param name="device">The device.</param>
    /// <param name="model">The model that is served.</param>
    /// <returns>The model, and what its times rest on.</returns>
    public (ICostModel Costs, CostProvenance Provenance) Of(DeviceEntry device, ModelShape model)
    {
        var efficiency = EfficiencyOf(device, model);
        return (new RooflineCostModel(device.ToSpec(), model, new RooflineOptions { Efficiency = efficiency.Share }), efficiency.Provenance);
    }

    /// <summary>The share of its peak that a device reaches with a model, and what that rests on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="model">The model, at any size.</param>
    public ModelEfficiency EfficiencyOf(DeviceEntry device, ModelShape model) =>
        Own(device, model) ?? OfAnother(device, model, sameKind: true) ?? AsOnSimilar(device, model) ?? OfAnother(device, model, sameKind: false) ?? Assumed();

    /// <summary>What the cost model says of a published measurement, seconds.</summary>
    /// <param name="device">The device.</param>
    /// <param name="published">The measurement.</param>
    /// <returns><c>null</c> where the measured model's shape is not known.</returns>
    public double? Predict(DeviceEntry device, PublishedLatency published) => shapeOf(published.Model, published.Side) is { } shape
        ? EfficiencyFit.Seconds(device, shape, published, EfficiencyOf(device, shape).Share)
        : null;

    private ModelEfficiency? Own(DeviceEntry device, ModelShape model)
    {
        if (device.Anchors.FirstOrDefault(anchor => anchor.Model == model.Name) is not { } anchor || shapeOf(anchor.Model, anchor.Side) is not { } shape)
        {
            return null;
        }

        var share = EfficiencyFit.Share(device, shape, anchor);
        var statement = $"{Percent(share)} of the peak, fitted to {anchor.Label} ({anchor.Source})";
        return new ModelEfficiency(share, new CostProvenance(Provenance.Published, statement), $"{anchor.Conditions} ({anchor.By})", anchor);
    }

    private ModelEfficiency? OfAnother(DeviceEntry device, ModelShape model, bool sameKind)
    {
        if (NearestAnchor.Of(Known(device), model, sameKind) is not var (anchor, shape))
        {
            return null;
        }

        var share = EfficiencyFit.Share(device, shape, anchor);
        var alike = NearestAnchor.IsUNet(shape) == NearestAnchor.IsUNet(model);
        var statement = $"{Percent(share)} of the peak, extrapolated: no latency of {model.Name} on an {device.Name} is cited, so as for {anchor.Model}, "
            + $"{(alike ? "the nearest model of its kind" : "though of another kind")}: fitted to {anchor.Label} ({anchor.Source})";
        var basis = alike ? $"as {anchor.Model}" : $"as {anchor.Model}, of another kind";
        return new ModelEfficiency(share, new CostProvenance(Provenance.Analytic, statement), basis, anchor);
    }

    private ModelEfficiency? AsOnSimilar(DeviceEntry device, ModelShape model)
    {
        if (device.Similar is not { } similar)
        {
            return null;
        }

        var other = DeviceCatalogue.Find(similar.Name);
        if ((Own(other, model) ?? OfAnother(other, model, sameKind: true)) is not { Anchor: { } anchor } there)
        {
            return null;
        }

        var statement = $"{Percent(there.Share)} of the peak, assumed as on {other.Name}: {similar.Reason}; there {there.Provenance.Statement}";
        var basis = anchor.Model == model.Name ? $"as on {other.Name}" : $"as {anchor.Model} on {other.Name}";
        return new ModelEfficiency(there.Share, new CostProvenance(Provenance.Analytic, statement), basis, anchor);
    }

    private static ModelEfficiency Assumed()
    {
        var share = new RooflineOptions().Efficiency;
        var statement = $"{Percent(share)} of the peak, assumed: no latency of a model whose shape is known is cited";
        return new ModelEfficiency(share, new CostProvenance(Provenance.Analytic, statement), "assumed", null);
    }

    private IEnumerable<(PublishedLatency Anchor, ModelShape Shape)> Known(DeviceEntry device)
    {
        foreach (var anchor in device.Anchors)
        {
            if (shapeOf(anchor.Model, anchor.Side) is { } shape)
            {
                yield return (anchor, shape);
            }
        }
    }

    private static string Percent(double share) => FormattableString.Invariant($"{share:0.0%}");
}
