using SimServe.GpuBackend.Native;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>Gathers rows straight from the recordings when they are asked for: no copy stream.</summary>
/// <remarks>For models on the processor.</remarks>
/// <param name="batch">The batch of the step, in order.</param>
/// <param name="branch">The guidance branch whose rows are given; <c>null</c>: those of all branches.</param>
public sealed class DirectTemplateRows(IReadOnlyList<EditState> batch, int? branch = null) : ITemplateRows, IDisposable
{
    private readonly List<(int Block, Tensor Rows)> _given = [];

    /// <inheritdoc/>
    public Tensor Unmasked(int block) => Give(new RowLoad(block, Resume: false));

    /// <inheritdoc/>
    public Tensor Resume(int block) => Give(new RowLoad(block, Resume: true));

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

    private Tensor Give(RowLoad load)
    {
        var tensor = batch[0].Recording.Layout[load.Block].Format.Empty(batch.Sum(edit => edit.RunsOf(load, branch).Rows)).DetachFromDisposeScope();
        var target = TensorAddress.Span(tensor);
        var next = 0;
        foreach (var edit in batch)
        {
            next += edit.Gather(load, edit.Step, target[next..], branch);
        }

        _given.Add((load.Block, tensor));
        return tensor;
    }
}
