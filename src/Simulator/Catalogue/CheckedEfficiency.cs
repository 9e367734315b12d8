using SimServe.Policies;

namespace SimServe.Simulator.Catalogue;

/// <summary>The efficiency of one model on one device, and how far it is off where somebody else measured.</summary>
/// <param name="Device">The device.</param>
/// <param name="Model">The model.</param>
/// <param name="Efficiency">The share of the peak, and what it rests on.</param>
/// <param name="Checks">The measurements that it was not fitted to, in the catalogue's order; may be empty.</param>
public sealed record CheckedEfficiency(DeviceEntry Device, string Model, ModelEfficiency Efficiency, IReadOnlyList<EfficiencyCheck> Checks)
{
    /// <summary>Every device with every model.</summary>
    /// <param name="costs">The cost models.</param>
    /// <param name="models">The models.</param>
    public static IReadOnlyList<CheckedEfficiency> All(CatalogueCosts costs, IReadOnlyList<ModelShape> models) =>
        [.. DeviceCatalogue.All.SelectMany(device => models.Select(model => Of(costs, device, model)))];

    private static CheckedEfficiency Of(CatalogueCosts costs, DeviceEntry device, ModelShape model) => new(
        device,
        model.Name,
        costs.EfficiencyOf(device, model),
        [
            .. device.Checks.Where(check => check.Model == model.Name)
                .Select(check => (Check: check, Predicted: costs.Predict(device, check)))
                .Where(static pair => pair.Predicted is not null)
                .Select(static pair => new EfficiencyCheck(pair.Check, pair.Predicted!.Value)),
        ]);
}
