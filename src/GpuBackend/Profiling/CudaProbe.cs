using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Profiling;

/// <summary>What a CUDA device is and what it can do at best.</summary>
/// <param name="cuda">CUDA.</param>
/// <param name="number">The device's number.</param>
/// <param name="device">Where Torch's tensors are made.</param>
internal sealed class CudaProbe(CudaInterop cuda, int number, Device device)
{
    private const int Repetitions = 10;

    /// <summary>Rows and columns of the matrices whose product is timed.</summary>
    /// <value>8192: large enough for every multiprocessor of today's devices, small enough for their memory.</value>
    public int MatrixEdge { get; init; } = 8192;

    /// <summary>Bytes of the copies that are timed.</summary>
    /// <value>256 MiB: what a copy costs to begin does not show.</value>
    public long CopyBytes { get; init; } = 256L << 20;

    /// <summary>The device as a kind of device.</summary>
    /// <param name="type">Type that models compute in.</param>
    public DeviceSpec Spec(ScalarType type) =>
        new() { Name = cuda.NameOf(number), PeakFlopsPerSecond = PeakFlopsPerSecond(type), LinkBytesPerSecond = LinkBytesPerSecond() };

    /// <summary>Device, driver's and runtime's CUDA, and library versions in one line.</summary>
    public string Environment()
    {
        var (driver, runtime) = cuda.Versions();
        return $"{cuda.NameOf(number)}, CUDA {runtime / 1000}.{runtime % 1000 / 10}, driver for CUDA {driver / 1000}.{driver % 1000 / 10}; {CpuProbe.Environment()}";
    }

    /// <summary>Rate of large matrix products, FLOP/s: the yardstick for a block's efficiency.</summary>
    /// <param name="type">Their type.</param>
    public double PeakFlopsPerSecond(ScalarType type) => OnStream(stream =>
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var matrix = ones([MatrixEdge, MatrixEdge], dtype: type, device: device);
        return 2.0 * MatrixEdge * MatrixEdge * MatrixEdge / Best(stream, () => matrix.mm(matrix).Dispose());
    });

    /// <summary>Bandwidth of copies from pinned memory, bytes/s.</summary>
    public double LinkBytesPerSecond() => OnStream(stream =>
    {
        using var mode = inference_mode();
        using var memory = new PinnedMemory(cuda, CopyBytes);
        using var target = empty([CopyBytes], dtype: ScalarType.Byte, device: device);
        return CopyBytes / Best(stream, () => stream.Copy(TensorAddress.Of(target), memory.Address, CopyBytes));
    });

    private double OnStream(Func<CudaStream, double> measure)
    {
        var before = cuda.CurrentStream(number);
        var stream = new CudaStream(cuda, number);
        stream.MakeCurrent();
        try
        {
            return measure(stream);
        }
        finally
        {
            cuda.UseStream(before, number);
        }
    }

    // The first repetition also pays for the libraries' first use; the shortest counts.
    private double Best(CudaStream stream, Action job)
    {
        using var start = new CudaEvent(cuda, timed: true);
        using var end = new CudaEvent(cuda, timed: true);
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            stream.Record(start);
            job();
            stream.Record(end);
            end.Wait();
            best = Math.Min(best, end.SecondsSince(start));
        }

        return best;
    }
}
