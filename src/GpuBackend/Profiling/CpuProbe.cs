using System.Runtime.InteropServices;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Profiling;

/// <summary>What this machine's processor is and what it can do at best.</summary>
public static class CpuProbe
{
    private const int MatrixEdge = 768;
    private const int Repetitions = 12;

    /// <summary>Rate of large fp32 matrix products on one Torch thread, FLOP/s: the yardstick for a block's efficiency.</summary>
    public static double PeakFlopsPerSecond()
    {
        LibTorch.Load();
        torch.set_num_threads(1);
        using var mode = torch.inference_mode();
        using var scope = torch.NewDisposeScope();
        var (left, right) = (torch.ones(MatrixEdge, MatrixEdge), torch.ones(MatrixEdge, MatrixEdge));
        var best = double.MaxValue;
        var clock = new WallClock();
        for (var i = 0; i < Repetitions; i++)
        {
            clock.Restart();
            left.mm(right).Dispose();
            best = Math.Min(best, clock.Now.TotalSeconds);
        }

        return 2.0 * MatrixEdge * MatrixEdge * MatrixEdge / best;
    }

    /// <summary>This machine's processor as a kind of device.</summary>
    /// <param name="linkBytesPerSecond">Bandwidth that its workers' links keep to, bytes/s.</param>
    public static DeviceSpec Spec(double linkBytesPerSecond) =>
        new() { Name = "cpu", PeakFlopsPerSecond = PeakFlopsPerSecond(), LinkBytesPerSecond = linkBytesPerSecond };

    /// <summary>Processor, operating system and library versions in one line.</summary>
    public static string Environment() =>
        $"{Processor()}, {System.Environment.ProcessorCount} cores; {RuntimeInformation.OSDescription}; "
        + $"{RuntimeInformation.FrameworkDescription}; libtorch {LibTorch.Load().TorchVersion}";

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
