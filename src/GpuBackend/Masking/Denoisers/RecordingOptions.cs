namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What is kept of a template.</summary>
/// <param name="Variant">What stands for unmasked tokens.</param>
/// <param name="Maps">Whether every convolution's result is kept too, so that convolutions can run on tiles. Transformers have none.</param>
internal sealed record RecordingOptions(ReuseVariant Variant = ReuseVariant.BlockInputs, bool Maps = false);
