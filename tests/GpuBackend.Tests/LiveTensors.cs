using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests;

/// <summary>Counts the process's tensors, for tests of what is left over.</summary>
internal static class LiveTensors
{
    /// <summary>The number before what is tested: what earlier tests left to the collector is gone, so that it does not vanish during this one.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Count();
    }

    /// <summary>The number now, with nothing collected: a tensor that nobody disposed of counts.</summary>
    public static long Count() => Tensor.TotalCount;
}
