using SimServe.GpuBackend.Cuda;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>
/// Gives a batch its templates' rows over a CUDA copy stream: block by block, while the compute stream works on earlier blocks, each member from its
/// own step's cache.
/// </summary>
/// <remarks>
/// Two host threads fill two streams. The streams wait for each other by events: the copy for a block waits for the end of the block w + 1 before it
/// (w is the plan's look-ahead), which frees its buffer, and the block waits for its copy. An event says nothing before it is recorded, so each thread
/// waits until the other has issued what it refers to, but never for the device, with one exception: what is gathered goes into pinned memory only when
/// the copy that read it last has passed.
/// </remarks>
internal sealed class CudaTemplateRows : IStreamedRows
{
    private readonly CudaTemplateRowsOptions _options;
    private readonly IReadOnlyList<EditState> _batch;
    private readonly StepLoads _loads;
    private readonly int _lookAhead;
    private readonly RowSlots _slots;
    private readonly StepEvents _events;
    private readonly long[] _bytes;
    private int _copiesIssued;
    private int _blocksIssued;
    private volatile bool _abandoned;
    private volatile Exception? _fault;

    /// <summary>Allocates buffers and events for every step of the batch.</summary>
    public CudaTemplateRows(CudaTemplateRowsOptions options, IReadOnlyList<EditState> batch, StepPlan plan, int? branch)
    {
        (_options, _batch, _loads, _lookAhead) = (options, batch, new StepLoads(batch, plan, branch), plan.LookAhead);
        _slots = new RowSlots(options, _loads, _lookAhead);
        try
        {
            _events = new StepEvents(options.Cuda, plan.Modes.Count, _loads.Count);
        }
        catch
        {
            _slots.Dispose();
            throw;
        }

        _bytes = new long[_loads.Count];
    }

    /// <inheritdoc/>
    public bool HasLoads => _loads.Count > 0;

    /// <inheritdoc/>
    public long Bytes => _bytes.Sum();

    /// <inheritdoc/>
    public void Begin()
    {
        Volatile.Write(ref _copiesIssued, 0);
        Volatile.Write(ref _blocksIssued, 0);
        _events.Begin();
        _options.Compute.Record(_events.Started);

        // The buffers' memory may have been something else's on the compute stream.
        _options.Copy.WaitFor(_events.Started);
    }

    /// <inheritdoc/>
    public void CopyStep()
    {
#pragma warning disable CA1031 // Thrown to whoever waits for the rows.
        try
        {
            for (var load = 0; load < _loads.Count && AwaitTurn(load); load++)
            {
                Issue(load);
                Volatile.Write(ref _copiesIssued, load + 1);
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
            Volatile.Write(ref _copiesIssued, int.MaxValue);
        }
#pragma warning restore CA1031
    }

    /// <inheritdoc/>
    public void Abandon() => _abandoned = true;

    /// <inheritdoc/>
    public torch.Tensor Unmasked(int block) => Give(new RowLoad(block, Resume: false));

    /// <inheritdoc/>
    public torch.Tensor Resume(int block) => Give(new RowLoad(block, Resume: true));

    /// <inheritdoc/>
    /// <remarks>The buffers' number sees to it that no load comes too early: <see cref="RowSlots"/>.</remarks>
    public void Released(int block)
    {
    }

    /// <inheritdoc/>
    public void Finished(int block)
    {
        _options.Compute.Record(_events.Finished[block]);
        Volatile.Write(ref _blocksIssued, block + 1);
    }

    /// <inheritdoc/>
    public StepTrace Trace()
    {
        _options.Compute.Record(_events.Ended);
        _options.Compute.Synchronize();
        return _events.Trace(_bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            // After a step that failed halfway the streams may still be at work on the buffers.
            _options.Copy.Synchronize();
            _options.Compute.Synchronize();
        }
        catch (CudaException)
        {
            // The device has failed, which whoever ran the step has heard.
        }

        _slots.Dispose();
        _events.Dispose();
    }

    // False when the step was abandoned.
    private bool AwaitTurn(int load)
    {
        var before = (long)_loads.BlockOf(load) - _lookAhead;
        while (Volatile.Read(ref _blocksIssued) < before && !_abandoned)
        {
            Thread.Yield();
        }

        if (before > 0 && !_abandoned)
        {
            _options.Copy.WaitFor(_events.Finished[before - 1]);
        }

        return !_abandoned;
    }

    private void Issue(int load)
    {
        if (load >= _slots.Count)
        {
            _events.Arrived[load - _slots.Count].Wait();
        }

        _options.Copy.Record(_events.CopyStarted[load]);
        _bytes[load] = Copy(load);
        _options.Copy.Record(_events.Arrived[load]);
        SlowDown(load);
    }

    // The bytes that came over the link: what the device has itself did not.
    private long Copy(int load)
    {
        var (destination, staging) = (_slots.AddressOf(load), _slots.StagingOf(load));
        var (copied, moved) = (0L, 0L);
        foreach (var edit in _batch)
        {
            var bytes = (long)_loads.RunsOf(load, edit).Rows * _loads.SetOf(load).Format.RowBytes;
            if (edit.Resident is { } resident && resident.Keeps(_loads[load].Block))
            {
                CopyRuns(load, edit, resident.AddressOf(edit.Step, _loads[load].Block), destination + (nint)copied);
            }
            else
            {
                moved += bytes;
                CopyFromHost(load, edit, bytes, destination + (nint)copied, staging + (nint)copied);
            }

            copied += bytes;
        }

        return moved;
    }

    private void CopyFromHost(int load, EditState edit, long bytes, nint destination, nint staging)
    {
        if (IsDirect(load, edit, bytes))
        {
            CopyRuns(load, edit, edit.Recording.AddressOf(edit.Step, _loads[load].Block), destination);
        }
        else if (bytes > 0)
        {
            Gather(load, edit, staging, bytes);
            _options.Copy.Copy(destination, staging, bytes);
        }
    }

    private bool IsDirect(int load, EditState edit, long bytes)
    {
        var runs = _loads.RunsOf(load, edit).Runs.Length;
        return runs > 0 && bytes / runs >= _options.DirectRunBytes;
    }

    private unsafe void Gather(int load, EditState edit, nint destination, long bytes) =>
        _loads.Gather(load, edit, new Span<byte>((void*)destination, checked((int)bytes)));

    private void CopyRuns(int load, EditState edit, nint source, nint destination)
    {
        var row = (long)_loads.SetOf(load).Format.RowBytes;
        foreach (var (first, count) in _loads.RunsOf(load, edit).Runs)
        {
            destination = CopyRun(source + (nint)(first * row), destination, count * row);
        }
    }

    private nint CopyRun(nint source, nint destination, long bytes)
    {
        _options.Copy.Copy(destination, source, bytes);
        return destination + (nint)bytes;
    }

    // A link that is made slow on purpose: a copy takes so many times as long as it took.
    private void SlowDown(int load)
    {
        var share = _options.LinkShare();
        if (share < 1)
        {
            _events.Arrived[load].Wait();
            Thread.Sleep(TimeSpan.FromSeconds(_events.Arrived[load].SecondsSince(_events.CopyStarted[load]) * ((1 / share) - 1)));
            _options.Copy.Record(_events.Arrived[load]);
        }
    }

    private torch.Tensor Give(RowLoad load)
    {
        var index = _loads.IndexOf(load);
        var block = _loads.BlockOf(index);
        _options.Compute.Record(_events.Asked[block]);
        while (Volatile.Read(ref _copiesIssued) <= index)
        {
            Thread.Yield();
        }

        if (_fault is { } fault)
        {
            throw new InvalidOperationException($"Loading the rows of block {load.Block} failed: {fault.Message}", fault);
        }

        _options.Compute.WaitFor(_events.Arrived[index]);
        _options.Compute.Record(_events.Given[block]);
        _events.Waited(block);
        return _slots.Rows(index);
    }
}
