using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Devices;

/// <summary>A model where it serves: once for all workers of the processor, or once on each CUDA device that has workers; workers, or the devices of pairs, beyond the CUDA devices share them, each with streams of its own.</summary>
public sealed class ServedModels : IDisposable
{
    private readonly List<ServedModel> _models = [];

    /// <summary>Makes the model on every device that serves: from its folder, or from a seed where it has none.</summary>
    /// <param name="config">Its sizes and type.</param>
    /// <param name="seed">Seed of weights that come from no folder.</param>
    /// <param name="device">A device of the kind that serves; a CUDA device's number does not matter.</param>
    /// <param name="size">The run's size.</param>
    /// <exception cref="FileNotFoundException">A file of the model's folder is missing.</exception>
    /// <exception cref="ModelFileException">A file of the model's folder is not sound.</exception>
    /// <exception cref="DeviceFailedException">CUDA cannot be called.</exception>
    /// <exception cref="NotEnoughMemoryException">It does not fit on a CUDA device, or what stays in the host's memory does not fit there.</exception>
    public ServedModels(ServedConfig config, long seed, Device device, ServingSize size)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(size);
        HostNeed.Check(config, size, device.type != DeviceType.CUDA, FreeMemory.OfHost());
        if (device.type != DeviceType.CUDA)
        {
            _models.Add(ServedFolder.Open(config, seed));
            return;
        }

        var cuda = CudaInterop.Process ?? throw new DeviceFailedException("libtorch has loaded no CUDA runtime; 'simserve doctor --device cuda' says what was found.");
        var computing = size.Workers * size.DevicesPerWorker;
        var devices = Math.Min(computing, cuda.DeviceCount());
        size = size with { WorkersPerDevice = (computing + devices - 1) / devices };
        for (var number = 0; number < devices; number++)
        {
            DeviceMemory.Check([config], size, cuda, number);
            _models.Add(Create(config, seed, number));
        }
    }

    /// <summary>The first worker's.</summary>
    public ServedModel First => _models[0];

    /// <summary>Those on the other devices in order; empty on the processor, whose workers share the first.</summary>
    public IReadOnlyList<ServedModel> Others => _models[1..];

    /// <inheritdoc/>
    public void Dispose() => _models.ForEach(static model => model.Dispose());

    private static ServedModel Create(ServedConfig config, long seed, int number)
    {
        try
        {
            return ServedFolder.Open(config, seed, new Device(DeviceType.CUDA, number));
        }
        catch (Exception fault) when (NotEnoughMemoryException.IsBehind(fault))
        {
            throw new NotEnoughMemoryException(
                $"Memory ran out while '{config.Name}' was put on cuda:{number}, although as much was free as it needs: {fault.Message.Split('\n')[0]} See with nvidia-smi who else is taking it.", fault);
        }
    }
}
