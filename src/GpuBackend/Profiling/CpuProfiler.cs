using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;

namespace SimServe.GpuBackend.Profiling;

/// <summary>Measures the terms of the cost model on CPU workers.</summary>
/// <remarks>
/// All workers measure at once, because in service they run at once and share memory bandwidth and caches. Each round visits batches of
/// several sizes and mask ratios, masked and plain, with the copy thread loading rows; a sample is the mean of its repetitions. The
/// first round warms up and is thrown away.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="templates">Templates, all recorded.</param>
/// <param name="maxBatchSize">Largest batch to measure, at least 1.</param>
public sealed class CpuProfiler(FluxModel model, TemplateStore templates, int maxBatchSize)
{
    private const int StepsPerVisit = 2;
    private const int LeastRounds = 3;

    private static readonly double[] Ratios = [0.004, 0.12, 0.5];

    private readonly SampleBook _book = new();
    private readonly ModelShape _shape = model.Config.ToShape();

    /// <summary>Measures.</summary>
    /// <param name="devices">The workers, idle, at least one.</param>
    /// <param name="seconds">Time to spend, seconds; at least three rounds are done however long they take.</param>
    /// <param name="progress">Told the share of the time that has passed, from 0 to 1, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between visits.</param>
    /// <returns>The profile, with the recordings' own times.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DeviceProfile Measure(
        IReadOnlyList<CpuDevice> devices, double seconds, IProgress<double>? progress, CancellationToken cancellation)
    {
        using var done = new CountdownEvent(devices.Count);
        var faults = new List<Exception>();
        var clock = new WallClock();
        foreach (var device in devices)
        {
            device.OnCompute(() => Guard(() => Rounds(device, clock, seconds, cancellation), faults, done));
        }

        while (!done.Wait(100, CancellationToken.None))
        {
            progress?.Report(Math.Min(1, clock.Now.TotalSeconds / seconds));
        }

        cancellation.ThrowIfCancellationRequested();
        return faults.Count == 0 ? Close(devices[0]) : throw new DeviceFailedException($"Profiling failed: {faults[0].Message}", faults[0]);
    }

    /// <summary>Notes how long a template's recording took.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="seconds">Seconds.</param>
    public void Recorded(int steps, double seconds) => _book.Add(ProfileTerm.Record, default, 0, steps, seconds);

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

    private void Rounds(CpuDevice device, WallClock clock, double seconds, CancellationToken cancellation)
    {
        for (var round = 0; round < LeastRounds || clock.Now.TotalSeconds < seconds; round++)
        {
            for (var members = 1; members <= maxBatchSize; members = members < maxBatchSize ? Math.Min(members * 2, maxBatchSize) : members + 1)
            {
                foreach (var ratio in Ratios)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Visit(device, members, ratio, Cached, keep: round > 0);
                    Visit(device, members, ratio, Alternating, keep: round > 0);
                }

                Visit(device, members, Ratios[^1], Plain, keep: round > 0);
            }
        }
    }

    private IReadOnlyList<BlockMode> Cached => [.. Enumerable.Repeat(BlockMode.Cached, _shape.Blocks.Count)];

    private IReadOnlyList<BlockMode> Plain => [.. Enumerable.Repeat(BlockMode.Plain, _shape.Blocks.Count)];

    // Every recomputed block after a cached one resumes the template's computation: its small loads are measured this way.
    private IReadOnlyList<BlockMode> Alternating =>
        [.. Enumerable.Range(0, _shape.Blocks.Count).Select(static block => block % 2 == 0 ? BlockMode.Recomputed : BlockMode.Cached)];

    private void Visit(CpuDevice device, int members, double ratio, IReadOnlyList<BlockMode> modes, bool keep)
    {
        var maskedTokens = Math.Max(1, (int)(ratio * _shape.Grid.Count));
        var clock = new WallClock();
        var batch = new List<EditState>();
        for (var member = 0; member < members; member++)
        {
            clock.Restart();
            batch.Add(NewEdit(member, maskedTokens));
            Note(ProfileTerm.Encode, default, clock.Now.TotalSeconds, keep);
        }

        var plan = Plan(batch, modes);
        using (var rows = device.RowsFor(batch, plan))
        {
            for (var step = 0; step < Math.Min(StepsPerVisit, batch[0].Steps); step++)
            {
                Note(device.RunStep(batch, rows, modes), members, maskedTokens, modes, keep);
            }
        }

        foreach (var edit in batch)
        {
            clock.Restart();
            edit.ToImage();
            Note(ProfileTerm.Decode, default, clock.Now.TotalSeconds, keep);
            edit.Dispose();
        }
    }

    private EditState NewEdit(int member, int maskedTokens)
    {
        var template = new TemplateId(member % templates.Count);
        return new EditState(model, new HashedPromptEncoder(model.Config), templates.Recording(template), new Request
        {
            Id = new RequestId(member),
            ArrivesAt = default,
            Template = template,
            Mask = EditMask.FromTokens(_shape.Grid, [.. Enumerable.Range(0, maskedTokens)]),
            Steps = templates.Recording(template).Steps,
            Prompt = "a profile",
            Seed = member,
        });
    }

    private static StepPlan Plan(List<EditState> batch, IReadOnlyList<BlockMode> modes) => new(
        [.. batch.Select(static edit => new StepMember(
            edit.Request.Id, edit.Request.Template, edit.MaskedTokens, edit.Step, edit.Steps))],
        new PlannedStep(modes, StepTimeline.Unlimited, TimeSpan.Zero, 0));

    private void Note(StepTrace trace, int members, int maskedTokens, IReadOnlyList<BlockMode> modes, bool keep)
    {
        foreach (var (bytes, seconds) in trace.Loads.Where(static load => load.Bytes > 0))
        {
            Note(ProfileTerm.Load, default, seconds, keep, bytes);
        }

        if (modes.Contains(BlockMode.Recomputed))
        {
            // A recomputed block's time holds another block's too: it is no sample of either.
            return;
        }

        NoteBlocks(trace, members, maskedTokens, modes[0], keep);
    }

    private void NoteBlocks(StepTrace trace, int members, int maskedTokens, BlockMode mode, bool keep)
    {
        var likeTheFirst = new List<double>();
        for (var block = 1; block < trace.BlockSeconds.Count; block++)
        {
            var shape = _shape.Blocks[block];
            var one = mode == BlockMode.Plain ? shape.PlainWork() : shape.MaskedWork(maskedTokens);
            Note(ProfileTerm.Block(shape.Kind), one.Times(members), trace.BlockSeconds[block], keep);
            if (shape.Kind == _shape.Blocks[0].Kind)
            {
                likeTheFirst.Add(trace.BlockSeconds[block]);
            }
        }

        // Embedding ends inside the first block's time: what that block takes longer than its like is overhead too.
        likeTheFirst.Sort();
        var embedding = likeTheFirst.Count > 0 ? Math.Max(0, trace.BlockSeconds[0] - likeTheFirst[likeTheFirst.Count / 2]) : 0;
        Note(ProfileTerm.StepOverhead, new Work(members, 0, 0, 0, 0), trace.OverheadSeconds + embedding, keep);
    }

    private void Note(string term, Work work, double seconds, bool keep, long bytes = 0)
    {
        if (keep && seconds > 0)
        {
            _book.Add(term, work, bytes, 0, seconds);
        }
    }

    private DeviceProfile Close(CpuDevice device) => new()
    {
        Device = device.Spec,
        Model = model.Config.Name,
        Precision = "fp32",
        Provenance = Provenance.Measured,
        Environment = CpuProbe.Environment(),
        Samples = _book.Close(),
    };
}
