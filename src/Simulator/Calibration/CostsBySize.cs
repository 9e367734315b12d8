using System.Collections.Concurrent;
using SimServe.Policies;
using SimServe.Policies.Costs;

namespace SimServe.Simulator.Calibration;

/// <summary>One device's cost models at several sizes of images, each made once. Safe to use from several threads.</summary>
/// <param name="make">Makes the one of a shape.</param>
internal sealed class CostsBySize(Func<ModelShape, ICostModel> make)
{
    // A shape compares block by block: far too long for a look-up.
    private readonly ConcurrentDictionary<ModelShape, ICostModel> _known = new(ReferenceEqualityComparer.Instance);

    public ICostModel Of(ModelShape model) => _known.GetOrAdd(model, make);
}
