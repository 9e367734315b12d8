using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Adapters;

/// <summary>Rows of one weight and the rows of an up matrix that change them.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="FirstInWeight">First row (output) of the weight.</param>
/// <param name="FirstInUp">First row of the up matrix; more than 0 where one matrix serves several modules.</param>
/// <param name="Count">Rows.</param>
internal readonly record struct ModuleRows(Weight Weight, long FirstInWeight, long FirstInUp, long Count)
{
    /// <summary>A whole weight and a whole matrix.</summary>
    public static ModuleRows Whole(Weight weight) => new(weight, 0, 0, weight.Original.shape[0]);
}
