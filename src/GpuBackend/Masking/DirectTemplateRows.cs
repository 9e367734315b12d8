using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Gathers rows straight from the recordings when they are asked for: no copy stream.</summary>
/// <remarks>For models on the processor.</remarks>
/// <param name="batch">The batch of the step, in order.</param>
public sealed class DirectTemplateRows(IReadOnlyList<EditState> batch) : ITemplateRows, IDisposable
{
    private readonly List<(int Block, Tensor Rows)> _given = [];

    /// <inheritdoc/>
    public Tensor Unmasked(int block) => Give(
        block, batch.Sum(static edit => edit.UnmaskedTokens), static (edit, block, target) => edit.CopyUnmasked(edit.Step, block, target));

    /// <inheritdoc/>
    public Tensor Resume(int block) => Give(
        block, batch.Sum(static edit => edit.ResumeRows), static (edit, block, target) => edit.CopyResume(edit.Step, block, target));

    /// <inheritdoc/>
    public void Released(int block)
    {
        _given.FindAll(given => given.Block <= block).ForEach(static given => given.Rows.Dispose());
        _given.RemoveAll(given => given.Block <= block);
    }

    /// <inheritdoc/>
    public void Finished(int block)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => Released(int.MaxValue);

    private Tensor Give(int block, int rows, Copy copy)
    {
        var tensor = batch[0].Recording.Format.Empty(rows).DetachFromDisposeScope();
        var target = TensorAddress.Span(tensor);
        var next = 0;
        foreach (var edit in batch)
        {
            next += copy(edit, block, target[next..]);
        }

        _given.Add((block, tensor));
        return tensor;
    }

    private delegate int Copy(EditState edit, int block, Span<byte> target);
}
