using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Devices;

/// <summary>Rows that a worker of the processor keeps: its own memory is the host's, so they stay where they are.</summary>
/// <param name="use">The recording; disposed with this.</param>
/// <param name="kept">For every block whether its rows stay; <c>null</c>: all of them.</param>
internal sealed class HostResidentRows(RecordingUse use, IReadOnlyList<bool>? kept) : ResidentRows
{
    /// <inheritdoc/>
    public override TemplateRecording Recording => use.Recording;

    /// <inheritdoc/>
    public override bool Keeps(int block) => kept is null || kept[block];

    /// <inheritdoc/>
    public override nint AddressOf(int step, int block) => Recording.AddressOf(step, block);

    /// <inheritdoc/>
    public override void Dispose() => use.Dispose();
}
