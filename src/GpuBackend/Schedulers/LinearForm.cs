namespace SimServe.GpuBackend.Schedulers;

/// <summary>A quantity computed as Sample * sample + Output * model output.</summary>
internal readonly record struct LinearForm(double Sample, double Output);
