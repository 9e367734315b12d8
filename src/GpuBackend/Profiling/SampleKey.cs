using SimServe.Policies;

namespace SimServe.GpuBackend.Profiling;

// What a measurement is of: repetitions with the same key are one sample.
internal readonly record struct SampleKey(string Term, Work Work, long Bytes, int Steps);
