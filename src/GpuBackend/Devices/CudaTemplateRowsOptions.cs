using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Devices;

// Where and how a batch's rows are loaded.
internal sealed record CudaTemplateRowsOptions
{
    public required CudaInterop Cuda { get; init; }

    // On the device.
    public required ServedModel Model { get; init; }

    // The current stream of the compute thread.
    public required CudaStream Compute { get; init; }

    public required CudaStream Copy { get; init; }

    // Share of the link's bandwidth that there is at present, above 0 to 1.
    public required Func<double> LinkShare { get; init; }

    // Runs of rows at least this long on average are copied one by one, straight from the recordings.
    public required int DirectRunBytes { get; init; }
}
