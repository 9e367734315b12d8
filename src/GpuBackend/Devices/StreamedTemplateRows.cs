using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using SimServe.Policies;
using SimServe.Policies.Costs;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

/// <summary>
/// Gives a batch its templates' rows over a copy stream: block by block, while earlier blocks compute, each member from its own step's cache.
/// </summary>
/// <remarks>
/// Two threads meet here: the copy thread runs <see cref="CopyStep"/>, the compute thread asks for rows. They agree by two counters, each
/// written by one of them: copies that are done and blocks that have finished. Whoever waits for the other sleeps: workers share the cores, and a thread that
/// spins takes the time of one that computes. Look-ahead w lets the copy of a block start once the block
/// w + 1 before it has finished, as <see cref="StepTimeline"/> says.
/// </remarks>
internal sealed class StreamedTemplateRows : IStreamedRows
{
    private readonly object _moved = new();
    private readonly IReadOnlyList<EditState> _batch;
    private readonly StepLoads _loads;
    private readonly CpuLink _link;
    private readonly int _lookAhead;
    private readonly torch.Tensor[] _buffers;
    private readonly Instant[] _due;
    private readonly (long Bytes, double Seconds)[] _copies;
    private readonly double[] _blockSeconds;
    private int _copied;
    private int _finished;
    private Instant _stepStart;
    private Instant _lastFinish;
    private TimeSpan _waited;
    private TimeSpan _waitedInBlock;
    private bool _abandoned;
    private Exception? _fault;

    public StreamedTemplateRows(IReadOnlyList<EditState> batch, StepPlan plan, int? branch, CpuLink link)
    {
        (_batch, _link, _lookAhead) = (batch, link, plan.LookAhead);
        _loads = new StepLoads(batch, plan, branch);
        _buffers = [.. Enumerable.Range(0, _loads.Count).Select(load => _loads.SetOf(load).Format.Empty(_loads.RowsOf(load)))];
        _due = new Instant[_loads.Count];
        _copies = new (long, double)[_loads.Count];
        _blockSeconds = new double[plan.Modes.Count];
    }

    public bool HasLoads => _loads.Count > 0;

    public long Bytes => _copies.Sum(static copy => copy.Bytes);

    // Called by the compute thread before the step is given to the copy thread.
    public void Begin()
    {
        (_copied, _finished) = (0, 0);
        _stepStart = _lastFinish = _link.Now;
        _waited = _waitedInBlock = TimeSpan.Zero;
    }

    // Runs on the copy thread, once a step. What goes wrong there is thrown to whoever waits for the rows.
    public void CopyStep()
    {
#pragma warning disable CA1031
        try
        {
            CopyAll();
        }
        catch (Exception fault)
        {
            Move(() => (_fault, _copied) = (fault, int.MaxValue));
        }
#pragma warning restore CA1031
    }

    // Lets the copy thread go when the step failed halfway.
    public void Abandon() => Move(() => _abandoned = true);

    public torch.Tensor Unmasked(int block) => WaitFor(new RowLoad(block, Resume: false));

    public torch.Tensor Resume(int block) => WaitFor(new RowLoad(block, Resume: true));

    // Every load has its own buffer: nothing waits for one to be read.
    public void Released(int block)
    {
    }

    public void Finished(int block)
    {
        var now = _link.Now;
        _blockSeconds[block] = (now - _lastFinish - _waitedInBlock).TotalSeconds;
        (_lastFinish, _waitedInBlock) = (now, TimeSpan.Zero);
        Move(() => _finished = block + 1);
    }

    public StepTrace Trace() =>
        new([.. _blockSeconds], _waited.TotalSeconds, (_link.Now - _stepStart).TotalSeconds, [.. _copies]);

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private void CopyAll()
    {
        var free = _link.Now;
        for (var i = 0; i < _loads.Count; i++)
        {
            if (!HasBuffer(_loads.BlockOf(i)))
            {
                return;
            }

            var start = Instant.Max(free, _link.Now);
            var bytes = Copy(i);
            free = Instant.Max(start + _link.TimeOf(bytes), _link.Now);
            _due[i] = free;
            _copies[i] = (bytes, (free - start).TotalSeconds);
            var done = i + 1;
            Move(() => _copied = done);
        }
    }

    // Waits until a block's buffer may be filled; false when the step has been abandoned.
    private bool HasBuffer(int block)
    {
        var needed = (long)block - _lookAhead;
        WaitUntil(() => _finished >= needed || _abandoned);
        return !_abandoned;
    }

    private void Move(Action change)
    {
        lock (_moved)
        {
            change();
            Monitor.PulseAll(_moved);
        }
    }

    private void WaitUntil(Func<bool> holds)
    {
        lock (_moved)
        {
            while (!holds())
            {
                Monitor.Wait(_moved);
            }
        }
    }

    // The bytes that came over the link: what the device has itself did not.
    private long Copy(int index)
    {
        var destination = TensorAddress.Span(_buffers[index]);
        var (written, moved) = (0, 0L);
        foreach (var edit in _batch)
        {
            var bytes = _loads.Gather(index, edit, destination[written..]);
            written += bytes;
            moved += edit.Resident?.Keeps(_loads[index].Block) == true ? 0 : bytes;
        }

        return moved;
    }

    private torch.Tensor WaitFor(RowLoad load)
    {
        var asked = _link.Now;
        var index = _loads.IndexOf(load);
        WaitUntil(() => _copied > index);
        if (_fault is { } fault)
        {
            throw new InvalidOperationException($"Loading the rows of block {load.Block} failed: {fault.Message}", fault);
        }

        _link.WaitUntil(_due[index]);
        var waited = _link.Now - asked;
        _waited += waited;
        _waitedInBlock += waited;
        return _buffers[index];
    }
}
