namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Hears how far a forward pass is.</summary>
/// <remarks>
/// Blocks are those of <see cref="UNetShape"/>, in its order: everything up to the first transformer, each block of that transformer (its projections with the first and the last),
/// everything up to the next one, and so on; at last everything behind the last transformer.
/// </remarks>
internal interface IBlockListener
{
    /// <summary>Everything of the next block has been issued; called once for each.</summary>
    void Issued();
}
