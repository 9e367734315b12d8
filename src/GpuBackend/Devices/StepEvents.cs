using SimServe.GpuBackend.Cuda;

namespace SimServe.GpuBackend.Devices;

/// <summary>The places in a device's streams by which a step is kept in order and timed.</summary>
internal sealed class StepEvents : IDisposable
{
    private readonly List<CudaEvent> _all = [];
    private readonly bool[] _waited;

    /// <summary>Creates them.</summary>
    /// <param name="cuda">CUDA.</param>
    /// <param name="blocks">Blocks of the model.</param>
    /// <param name="loads">Loads of a step.</param>
    public StepEvents(CudaInterop cuda, int blocks, int loads)
    {
        try
        {
            (Started, Ended) = (Timed(cuda), Timed(cuda));
            (Asked, Given, Finished) = (Timed(cuda, blocks), Timed(cuda, blocks), Timed(cuda, blocks));
            (CopyStarted, Arrived) = (Timed(cuda, loads), Timed(cuda, loads));
        }
        catch
        {
            Dispose();
            throw;
        }

        _waited = new bool[blocks];
    }

    /// <summary>The step's start on the compute stream.</summary>
    public CudaEvent Started { get; }

    /// <summary>Its end.</summary>
    public CudaEvent Ended { get; }

    /// <summary>By block: the compute stream has come to where it needs the block's rows.</summary>
    public CudaEvent[] Asked { get; }

    /// <summary>By block: it goes on with them.</summary>
    public CudaEvent[] Given { get; }

    /// <summary>By block: it has finished the block.</summary>
    public CudaEvent[] Finished { get; }

    /// <summary>By load: the copy stream begins with it.</summary>
    public CudaEvent[] CopyStarted { get; }

    /// <summary>By load: its rows are there.</summary>
    public CudaEvent[] Arrived { get; }

    /// <summary>A new step.</summary>
    public void Begin() => Array.Clear(_waited);

    /// <summary>A block has waited in this step.</summary>
    public void Waited(int block) => _waited[block] = true;

    /// <summary>Where the time of a step went whose streams have both passed all their places.</summary>
    /// <param name="bytes">Bytes of each load.</param>
    public StepTrace Trace(ReadOnlySpan<long> bytes)
    {
        var (blocks, wait, last) = (new double[Finished.Length], 0.0, Started);
        for (var block = 0; block < blocks.Length; block++)
        {
            var waited = _waited[block] ? Given[block].SecondsSince(Asked[block]) : 0;
            blocks[block] = Math.Max(0, Finished[block].SecondsSince(last) - waited);
            (wait, last) = (wait + waited, Finished[block]);
        }

        var loads = new (long, double)[bytes.Length];
        for (var load = 0; load < loads.Length; load++)
        {
            loads[load] = (bytes[load], Arrived[load].SecondsSince(CopyStarted[load]));
        }

        return new StepTrace(blocks, wait, Ended.SecondsSince(Started), loads);
    }

    /// <inheritdoc/>
    public void Dispose() => _all.ForEach(static place => place.Dispose());

    private CudaEvent[] Timed(CudaInterop cuda, int count) => [.. Enumerable.Range(0, count).Select(_ => Timed(cuda))];

    private CudaEvent Timed(CudaInterop cuda)
    {
        _all.Add(new CudaEvent(cuda, timed: true));
        return _all[^1];
    }
}
