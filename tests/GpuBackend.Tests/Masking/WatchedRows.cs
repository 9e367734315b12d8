using SimServe.GpuBackend.Masking;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Masking;

/// <summary>Notes what a step asks for, and fails when it asks for rows that it has released.</summary>
internal sealed class WatchedRows(ITemplateRows inner) : ITemplateRows
{
    public List<RowLoad> Asked { get; } = [];

    public List<int> ReleasedBlocks { get; } = [];

    public List<int> FinishedBlocks { get; } = [];

    public torch.Tensor Unmasked(int block)
    {
        Note(new RowLoad(block, Resume: false));
        return inner.Unmasked(block);
    }

    public torch.Tensor Resume(int block)
    {
        Note(new RowLoad(block, Resume: true));
        return inner.Resume(block);
    }

    public void Released(int block)
    {
        ReleasedBlocks.Add(block);
        inner.Released(block);
    }

    public void Finished(int block)
    {
        FinishedBlocks.Add(block);
        inner.Finished(block);
    }

    private void Note(RowLoad load)
    {
        Assert.That(ReleasedBlocks, Does.Not.Contain(load.Block));
        Asked.Add(load);
    }
}
