using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The members of a batch that take their steps together: all of them, or, where LoRAs are not merged, those with the same ones.</summary>
/// <param name="Edits">The members.</param>
/// <param name="From">The step that they are about to take at first.</param>
/// <param name="Work">Their templates' rows and ControlNets.</param>
/// <param name="Loras">Their LoRAs, or <c>null</c> for none.</param>
internal sealed record BatchPart(EditState[] Edits, int From, StepWork Work, MergedLoras? Loras) : IDisposable
{
    /// <summary>Whether it has taken its step already: a ControlNet's device was lost when it was the turn of another part.</summary>
    /// <param name="steps">Steps that all parts have taken.</param>
    public bool IsAhead(int steps) => Edits[0].Step > From + steps;

    /// <inheritdoc/>
    public void Dispose() => Work.Dispose();
}
