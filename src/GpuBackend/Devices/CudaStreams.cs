using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>A CUDA device's streams: one each for steps, for loads, and for encoding and decoding. The first and the last are the current ones of their threads.</summary>
/// <remarks>
/// Threads hand tensors to each other only after <see cref="Finish"/>, so no stream ever works on what another has not done yet, and libtorch's
/// allocator, which gives freed memory to the stream that had it, never takes it from one that still reads it. The loads of a step, which do overlap
/// it, are kept in order by events: see <see cref="CudaTemplateRows"/>.
/// </remarks>
internal sealed class CudaStreams : IDeviceStreams
{
    private readonly CudaInterop _cuda;
    private readonly ServedModel _model;
    private readonly Func<double> _linkShare;
    private readonly CudaStream[] _streams;

    /// <summary>Takes three streams of libtorch's pool.</summary>
    /// <param name="cuda">CUDA.</param>
    /// <param name="device">The device's number.</param>
    /// <param name="model">The model, on that device.</param>
    /// <param name="linkShare">Share of the link's bandwidth that there is at present, above 0 to 1: faults on purpose.</param>
    public CudaStreams(CudaInterop cuda, int device, ServedModel model, Func<double> linkShare)
    {
        (_cuda, _model, _linkShare) = (cuda, model, linkShare);
        _streams = [.. Enum.GetValues<StreamRole>().Select(role => new CudaStream(cuda, device, highPriority: role == StreamRole.Compute))];
    }

    /// <summary>Runs of rows at least this long on average are copied straight from the recordings, shorter ones are gathered first.</summary>
    /// <value>
    /// 64 KiB: a copy costs some microseconds to issue, in which a host thread gathers about as many bytes, and a link moves several times as many.
    /// </value>
    public int DirectRunBytes { get; init; } = 1 << 16;

    /// <inheritdoc/>
    public void Enter(StreamRole role)
    {
        if (role == StreamRole.Copy)
        {
            // Its stream is nobody's current one: libtorch never works on it.
            _cuda.UseDevice(_streams[(int)role].Device);
            return;
        }

        torch.set_num_threads(1);
        _streams[(int)role].MakeCurrent();
    }

    /// <inheritdoc/>
    public void Finish(StreamRole role) => _streams[(int)role].Synchronize();

    /// <inheritdoc/>
    public HostMemory Allocate(long bytes) => new PinnedMemory(_cuda, bytes);

    /// <inheritdoc/>
    public ResidentRows Keep(RecordingUse use, IReadOnlyList<bool>? kept, WorkerThread copy) =>
        new CudaResidentRows(use, kept, _model.Device, _streams[(int)StreamRole.Copy], copy);

    /// <inheritdoc/>
    public IStreamedRows RowsFor(IReadOnlyList<EditState> batch, StepPlan plan, int? branch) => new CudaTemplateRows(new CudaTemplateRowsOptions
    {
        Cuda = _cuda,
        Model = _model,
        Compute = _streams[(int)StreamRole.Compute],
        Copy = _streams[(int)StreamRole.Copy],
        LinkShare = _linkShare,
        DirectRunBytes = DirectRunBytes,
    }, batch, plan, branch);
}
