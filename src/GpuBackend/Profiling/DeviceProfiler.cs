using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Profiling;

/// <summary>Measures the terms of the cost model on workers.</summary>
/// <remarks>
/// All workers measure at once, because in service they run at once and share memory bandwidth and caches. Each round visits batches of
/// several sizes and mask ratios, masked and plain, with the copy thread loading rows, and on pairs of devices with the partner computing its branch; a sample is the mean of its repetitions. The
/// first round warms up and is thrown away. After three rounds the time that is left goes to the points whose samples are known least (<see cref="PointBook"/>).
/// </remarks>
public sealed class DeviceProfiler
{
    // No workload has it.
    internal const string Prompt = "a profile";

    private const int StepsPerVisit = 4;
    private const int LeastRounds = 3;

    // Of the time to spend, what goes to how workers slow each other.
    private const double CrowdShare = 0.25;

    private static readonly double[] Ratios = [0.004, 0.12, 0.5];

    private readonly ServedModel _model;
    private readonly TemplateStore _templates;
    private readonly int _maxBatchSize;
    private readonly SampleBook _book = new();
    private readonly PointBook _points;
    private readonly ModelShape _shape;

    /// <summary>Creates a profiler that has measured nothing yet.</summary>
    /// <param name="model">The first worker's model.</param>
    /// <param name="templates">Templates, all recorded before it measures.</param>
    /// <param name="maxBatchSize">Largest batch to measure, at least 1.</param>
    public DeviceProfiler(ServedModel model, TemplateStore templates, int maxBatchSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        (_model, _templates, _maxBatchSize, _shape, _points) = (model, templates, maxBatchSize, model.Config.ToShape(), new PointBook(_book));
    }

    /// <summary>Measures.</summary>
    /// <param name="devices">The workers, idle, at least one.</param>
    /// <param name="seconds">Time to spend, seconds; three rounds are done however long they take.</param>
    /// <param name="progress">Told the share of the time that has passed, from 0 to 1, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between visits.</param>
    /// <returns>The profile, with the recordings' own times.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DeviceProfile Measure(
        IReadOnlyList<TorchDevice> devices, double seconds, IProgress<double>? progress, CancellationToken cancellation)
    {
        using var done = new CountdownEvent(devices.Count);
        var faults = new List<Exception>();
        var clock = new WallClock();
        foreach (var device in devices)
        {
            device.OnCompute(() => Guard(() => Rounds(device, clock, seconds * (1 - CrowdShare), cancellation), faults, done));
        }

        while (!done.Wait(100, CancellationToken.None))
        {
            progress?.Report(Math.Min(1, clock.Now.TotalSeconds / seconds));
        }

        cancellation.ThrowIfCancellationRequested();
        return faults.Count == 0
            ? Close(devices[0]) with { ComputeShares = new CrowdProbe(devices, StepAlone).Measure(seconds * CrowdShare, cancellation) }
            : throw new DeviceFailedException($"Profiling failed: {faults[0].Message}", faults[0]);
    }

    /// <summary>Notes how long a template's recording took.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="seconds">Seconds.</param>
    public void Recorded(int steps, double seconds) => _book.Add(new SampleKey(ProfileTerm.Record, default, 0, steps), seconds);

#pragma warning disable CA1031 // Rethrown by Measure on its own thread.
    private static void Guard(Action job, List<Exception> faults, CountdownEvent done)
    {
        try
        {
            job();
        }
        catch (Exception fault)
        {
            lock (faults)
            {
                faults.Add(fault);
            }
        }

        done.Signal();
    }
#pragma warning restore CA1031

    // A round that warms up, rounds of all points, and then the points that are known least.
    private void Rounds(TorchDevice device, WallClock clock, double seconds, CancellationToken cancellation)
    {
        for (var round = 0; round < LeastRounds; round++)
        {
            foreach (var point in Points())
            {
                cancellation.ThrowIfCancellationRequested();
                Visit(device, point, keep: round > 0);
            }
        }

        while (clock.Now.TotalSeconds < seconds)
        {
            cancellation.ThrowIfCancellationRequested();
            Visit(device, _points.MostUncertain(), keep: true);
        }
    }

    private IEnumerable<ProfilePoint> Points()
    {
        for (var members = 1; members <= _maxBatchSize; members = members < _maxBatchSize ? Math.Min(members * 2, _maxBatchSize) : members + 1)
        {
            foreach (var ratio in Ratios)
            {
                yield return new ProfilePoint(members, ratio, StepKind.Cached);
                if (_shape.Recomputes && _shape.Cache.Resumes(_shape.BytesPerElement))
                {
                    yield return new ProfilePoint(members, ratio, StepKind.Alternating);
                }
            }

            yield return new ProfilePoint(members, Ratios[^1], StepKind.Plain);
        }
    }

    // Every recomputed block after a cached one resumes the template's computation: its small loads are measured this way.
    private IReadOnlyList<BlockMode> ModesOf(StepKind kind) => [.. Enumerable.Range(0, _shape.Blocks.Count).Select(block => kind switch
    {
        StepKind.Plain => BlockMode.Plain,
        StepKind.Alternating when block % 2 == 0 => BlockMode.Recomputed,
        _ => BlockMode.Cached,
    })];

    private void Visit(TorchDevice device, ProfilePoint point, bool keep)
    {
        var (maskedTokens, modes) = (Math.Max(1, (int)(point.Ratio * _shape.Grid.Count)), ModesOf(point.Kind));
        var (clock, batch, notes) = (new WallClock(), new List<EditState>(), new List<(SampleKey Key, double Seconds)>());
        for (var member = 0; member < point.Members; member++)
        {
            clock.Restart();
            batch.Add(NewEdit(device, member, maskedTokens));
            device.FinishCompute();
            notes.Add((new SampleKey(ProfileTerm.Encode, default, 0, 0), clock.Now.TotalSeconds));
        }

        using (var rows = device.WorkFor(batch, Plan(batch, modes)))
        {
            var steps = Math.Min(StepsPerVisit, batch[0].Steps);
            for (var step = 0; step < steps; step++)
            {
                var trace = device.RunStep(batch, rows, modes);

                // What the first step of a batch costs more, buffers that nobody has touched, is not what its steps cost.
                if (step > 0 || steps == 1)
                {
                    Note(notes, (trace, device.Branches), point.Members, maskedTokens, modes);
                }
            }
        }

        foreach (var edit in batch)
        {
            clock.Restart();
            edit.ToImage();
            notes.Add((new SampleKey(ProfileTerm.Decode, default, 0, 0), clock.Now.TotalSeconds));
            edit.Dispose();
        }

        if (keep)
        {
            Keep(point, notes.FindAll(static note => note.Seconds > 0));
        }
    }

    // Computation of one masked step of one request; waiting for loads does not count.
    private double StepAlone(TorchDevice device)
    {
        using var edit = NewEdit(device, 0, Math.Max(1, (int)(Ratios[1] * _shape.Grid.Count)));
        var modes = ModesOf(StepKind.Cached);
        using var rows = device.WorkFor([edit], Plan([edit], modes));
        var trace = device.RunStep([edit], rows, modes);
        return trace.TotalSeconds - trace.WaitSeconds;
    }

    private void Keep(ProfilePoint point, List<(SampleKey Key, double Seconds)> notes)
    {
        foreach (var (key, seconds) in notes)
        {
            _book.Add(key, seconds);
        }

        _points.Note(point, notes.Select(static note => note.Key));
    }

    private EditState NewEdit(TorchDevice device, int member, int maskedTokens)
    {
        var template = new TemplateId(member % _templates.Count);
        return device.Model.Begin(_templates.Recording(template), new Request
        {
            Id = new RequestId(member),
            ArrivesAt = default,
            Template = template,
            Mask = EditMask.FromTokens(_shape.Grid, [.. Enumerable.Range(0, maskedTokens)]),
            Steps = _templates.Recording(template).Steps,
            Prompt = Prompt,
            Seed = member,
        });
    }

    private static StepPlan Plan(List<EditState> batch, IReadOnlyList<BlockMode> modes) => new(
        [.. batch.Select(static edit => new StepMember(
            edit.Request.Id, edit.Request.Template, edit.Request.Mask.MaskedTokens, edit.Step, edit.Steps))],
        new PlannedStep(modes, StepTimeline.Unlimited, TimeSpan.Zero, 0));

    private void Note(List<(SampleKey Key, double Seconds)> notes, (StepTrace Trace, int Branches) step, int members, int maskedTokens, IReadOnlyList<BlockMode> modes)
    {
        notes.AddRange(step.Trace.Loads.Where(static load => load.Bytes > 0).Select(static load => (new SampleKey(ProfileTerm.Load, default, load.Bytes, 0), load.Seconds)));

        // A recomputed block's time holds another block's too: it is no sample of either.
        if (!modes.Contains(BlockMode.Recomputed))
        {
            NoteBlocks(notes, step, members, maskedTokens, modes[0]);
        }
    }

    private void NoteBlocks(List<(SampleKey Key, double Seconds)> notes, (StepTrace Trace, int Branches) step, int members, int maskedTokens, BlockMode mode)
    {
        var trace = step.Trace;
        for (var block = StepTrace.FirstAlone(_shape.Blocks); block < trace.BlockSeconds.Count; block++)
        {
            var shape = _shape.Blocks[block];
            var one = mode == BlockMode.Plain ? shape.PlainWork() : _shape.CachedWork(block, 1, _shape.MaskedTokensAt(shape, maskedTokens));
            notes.Add((new SampleKey(ProfileTerm.Block(shape.Kind), one.Times((long)members * step.Branches), 0, 0), trace.BlockSeconds[block]));
        }

        notes.Add((new SampleKey(ProfileTerm.StepOverhead, new Work(members, 0, 0, 0, 0), 0, 0), trace.OverheadSeconds(_shape.Blocks)));
    }

    private DeviceProfile Close(TorchDevice device) => new()
    {
        Device = device.Spec,
        Model = _model.Config.Name,
        ModelSizes = _shape.Sizes,
        Precision = TorchNames.Precision(_model.Config.Type),
        Cache = _shape.Cache == default ? null : _shape.Cache.ToString(),
        Provenance = Provenance.Measured,
        Environment = DeviceProbe.Environment(_model.Device),
        Samples = _book.Close(),
    };
}
