namespace SimServe.GpuBackend.Masking;

/// <summary>A template's rows in a device's own memory: those of the blocks that it keeps, at every step. They need not come over the link.</summary>
internal abstract class ResidentRows : IDisposable
{
    /// <summary>The recording whose rows they are; used for as long as they are kept.</summary>
    public abstract TemplateRecording Recording { get; }

    /// <summary>Whether a block's rows are there.</summary>
    /// <param name="block">The block.</param>
    public abstract bool Keeps(int block);

    /// <summary>Where a kept block's rows at one step lie, in the device's memory.</summary>
    /// <param name="step">The step.</param>
    /// <param name="block">The block.</param>
    public abstract nint AddressOf(int step, int block);

    /// <inheritdoc/>
    public abstract void Dispose();
}
