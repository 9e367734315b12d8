namespace SimServe.GpuBackend.Profiling;

// What the profiler does in one visit: a batch of a size, with masks of a ratio, some steps of one kind.
internal readonly record struct ProfilePoint(int Members, double Ratio, StepKind Kind);

internal enum StepKind
{
    // Every block with loaded rows.
    Cached,

    // Every other block computes its rows again: what resumes the template's computation is loaded too.
    Alternating,

    // Without reuse.
    Plain,
}
