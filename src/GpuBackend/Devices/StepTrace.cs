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
    public double OverheadSeconds => Math.Max(0, TotalSeconds - WaitSeconds - BlockSeconds.Sum());
}
