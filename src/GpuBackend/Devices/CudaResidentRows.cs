using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>Rows that a CUDA device keeps in its memory: copied there once, on the copy stream, from which steps gather them too.</summary>
/// <remarks>
/// The copy stream keeps the order: rows arrive before a later load reads them, and are freed when loads that read them have passed. What does not fit is not kept: its blocks come over the link as if
/// nothing were here. The recording in host memory stays for as long, since edits use its other tensors.
/// </remarks>
internal sealed class CudaResidentRows : ResidentRows
{
    private readonly RecordingUse _use;
    private readonly CudaStream _stream;
    private readonly WorkerThread _copy;
    private readonly long[] _offsets;
    private readonly long _stepBytes;
    private torch.Tensor? _memory;
    private volatile bool _isThere;

    /// <summary>Begins to copy rows.</summary>
    /// <param name="use">The recording; disposed with this.</param>
    /// <param name="kept">For every block whether its rows stay; <c>null</c>: all of them.</param>
    /// <param name="device">Where.</param>
    /// <param name="stream">The copy stream.</param>
    /// <param name="copy">The thread that fills it.</param>
    public CudaResidentRows(RecordingUse use, IReadOnlyList<bool>? kept, torch.Device device, CudaStream stream, WorkerThread copy)
    {
        (_use, _stream, _copy) = (use, stream, copy);
        var layout = use.Recording.Layout;
        _offsets = new long[layout.Blocks];
        for (var block = 0; block < _offsets.Length; block++)
        {
            var keeps = layout.Has(block) && (kept is null || kept[block]);
            _offsets[block] = keeps ? _stepBytes : -1;
            _stepBytes += keeps ? layout[block].Bytes : 0;
        }

        copy.Enqueue(() => Fill(device));
    }

    /// <inheritdoc/>
    public override TemplateRecording Recording => _use.Recording;

    /// <inheritdoc/>
    public override bool Keeps(int block) => _isThere && _offsets[block] >= 0;

    /// <inheritdoc/>
    public override nint AddressOf(int step, int block) => TensorAddress.Of(_memory!) + (nint)((step * _stepBytes) + _offsets[block]);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isThere = false;
        _copy.Enqueue(Free);
    }

#pragma warning disable CA1031 // Whatever went wrong, nothing is kept, and rows come from the host.
    private void Fill(torch.Device device)
    {
        try
        {
            using var mode = torch.inference_mode();
            var recording = _use.Recording;
            _memory = torch.empty([Math.Max(1, recording.Steps * _stepBytes)], dtype: torch.ScalarType.Byte, device: device).DetachFromDisposeScope();
            _isThere = true;
            for (var step = 0; step < recording.Steps; step++)
            {
                for (var block = 0; block < _offsets.Length; block++)
                {
                    if (_offsets[block] >= 0)
                    {
                        _stream.Copy(AddressOf(step, block), recording.AddressOf(step, block), recording.Layout[block].Bytes);
                    }
                }
            }
        }
        catch (Exception)
        {
            _isThere = false;
        }
    }

    private void Free()
    {
        try
        {
            _stream.Synchronize();
        }
        catch (CudaException)
        {
            // The device has failed, which its next job says.
        }

        _memory?.Dispose();
        _use.Dispose();
    }
#pragma warning restore CA1031
}
