using SimServe.GpuBackend.Models.UNets;

namespace SimServe.GpuBackend.Masking.Denoisers.UNets;

/// <summary>A plain forward pass that tells how far it is.</summary>
/// <param name="issued">Told the number of each block, as <see cref="UNetShape"/> numbers them, once it has been issued; in order.</param>
internal sealed class MarkedPass(Action<int> issued) : IUNetPass
{
    private int _block;

    /// <inheritdoc/>
    public void Issued() => issued(_block++);
}
