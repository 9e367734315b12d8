using System.Globalization;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Diagnosis;

/// <summary>Looks at the processor: whether Torch computes on it, with how many threads, in how much memory.</summary>
internal static class ProcessorExamination
{
    private const int Side = 64;
    private const double Gigabyte = 1e9;

    public static Finding Run()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();

        // The product of a matrix with the unit matrix is the matrix, bit for bit.
        var matrix = arange(Side * Side, dtype: ScalarType.Float32).reshape(Side, Side);
        return matrix.mm(eye(Side)).equal(matrix).all().item<bool>()
            ? new Finding("cpu", "processor", Verdict.Works, string.Create(
                CultureInfo.InvariantCulture,
                $"{Environment.ProcessorCount} cores, Torch uses {get_num_threads()} threads, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gigabyte:0.0} GB of memory"))
            : new Finding("cpu", "processor", Verdict.Broken, "a matrix product is wrong", "No model gives right results here.");
    }
}
