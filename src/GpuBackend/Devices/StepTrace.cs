using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>Where the time of one real denoising step went.</summary>
/// <param name="BlockSeconds">Compute time of every block, without waiting for rows.</param>
/// <param name="WaitSeconds">Time the compute stream waited for rows, in all blocks together.</param>
/// <param name="TotalSeconds">Time of the whole step.</param>
/// <param name="Loads">Bytes and copy time of every load.</param>
public sealed record StepTrace(
    IReadOnlyList<double> BlockSeconds, double WaitSeconds, double TotalSeconds, IReadOnlyList<(long Bytes, double Seconds)> Loads)
{
    /// <summary>Time outside the blocks: batch assembly, embedding, last layer, sampler.</summary>
    /// <param name="kinds">Kind of every block.</param>
    /// <remarks>Embedding ends inside the first block's time: what that block takes longer than its like is overhead too.</remarks>
    public double OverheadSeconds(IReadOnlyList<BlockShape> kinds) => Math.Max(0, TotalSeconds - WaitSeconds - BlockSeconds.Sum()) + EmbeddingSeconds(kinds);

    /// <summary>Compute time of a block, without the embedding.</summary>
    /// <param name="kinds">Kind of every block.</param>
    /// <param name="block">The block.</param>
    public double ComputeSeconds(IReadOnlyList<BlockShape> kinds, int block) => block == 0 ? BlockSeconds[0] - EmbeddingSeconds(kinds) : BlockSeconds[block];

    /// <summary>The first block whose time is its own: the embedding of latents ends inside the first block's, but is convolution there where a model begins with them.</summary>
    /// <param name="kinds">Kind of every block.</param>
    internal static int FirstAlone(IReadOnlyList<BlockShape> kinds) => kinds[0].IsTokenWise ? 1 : 0;

    private double EmbeddingSeconds(IReadOnlyList<BlockShape> kinds)
    {
        if (FirstAlone(kinds) == 0)
        {
            return 0;
        }

        double[] likeTheFirst = [.. BlockSeconds.Where((_, block) => block > 0 && kinds[block].Kind == kinds[0].Kind).Order()];
        return likeTheFirst.Length == 0 ? 0 : Math.Max(0, BlockSeconds[0] - likeTheFirst[likeTheFirst.Length / 2]);
    }
}
