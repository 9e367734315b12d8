using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Native;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>The device's buffers for a batch's loads, used in turn, each with pinned memory for what is gathered on its way.</summary>
/// <remarks>
/// With look-ahead w a load starts when the block w + 1 before its own has finished, so w + 1 buffers are in use at most. A block whose rows the next
/// block resumes from is read once more in that block: one buffer more. Then the load that comes to a buffer again always starts after the last block
/// that reads it.
/// </remarks>
internal sealed class RowSlots : IDisposable
{
    private readonly List<torch.Tensor> _buffers = [];
    private readonly List<torch.Tensor> _views = [];
    private readonly List<PinnedMemory> _staging = [];

    /// <summary>Allocates them.</summary>
    /// <param name="options">Where.</param>
    /// <param name="loads">The loads.</param>
    /// <param name="lookAhead">Blocks that loads may be ahead.</param>
    public RowSlots(CudaTemplateRowsOptions options, StepLoads loads, int lookAhead)
    {
        Count = CountOf(loads, lookAhead);
        try
        {
            Allocate(options, loads);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Buffers.</summary>
    public int Count { get; }

    /// <summary>Buffers that the loads of a plan need.</summary>
    public static int CountOf(StepLoads loads, int lookAhead) => (int)Math.Min(loads.Count, (long)lookAhead + (loads.Resumes ? 2 : 1));

    /// <summary>A load's rows on the device.</summary>
    public torch.Tensor Rows(int load) => _views[load];

    /// <summary>Where they lie.</summary>
    public nint AddressOf(int load) => TensorAddress.Of(_views[load]);

    /// <summary>A load's pinned memory, as large as its buffer.</summary>
    public nint StagingOf(int load) => _staging[load % Count].Address;

    /// <inheritdoc/>
    public void Dispose()
    {
        _views.ForEach(static view => view.Dispose());
        _buffers.ForEach(static buffer => buffer.Dispose());
        _staging.ForEach(static memory => memory.Dispose());
    }

    private void Allocate(CudaTemplateRowsOptions options, StepLoads loads)
    {
        using var mode = torch.inference_mode();
        var bytes = Enumerable.Range(0, loads.Count).Select(load => (long)loads.RowsOf(load) * loads.SetOf(load).Format.RowBytes).DefaultIfEmpty(0).Max();
        for (var slot = 0; slot < Count; slot++)
        {
            _buffers.Add(torch.empty([bytes], dtype: torch.ScalarType.Byte, device: options.Model.Device).DetachFromDisposeScope());
            _staging.Add(new PinnedMemory(options.Cuda, bytes));
        }

        for (var load = 0; load < loads.Count; load++)
        {
            _views.Add(loads.SetOf(load).Format.Over(_buffers[load % Count], loads.RowsOf(load)).DetachFromDisposeScope());
        }
    }
}
