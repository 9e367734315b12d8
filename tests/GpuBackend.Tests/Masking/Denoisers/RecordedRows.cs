using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Masking.Denoisers.UNets;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Masking.Denoisers;

/// <summary>Gathers a batch's rows out of recordings, and stores them in numbers that are not the model's.</summary>
internal sealed class RecordedRows(ModelShape shape, IReadOnlyList<(LatentEdit Edit, LatentRecording Recording)> batch) : ITemplateRows
{
    private readonly Dictionary<int, Tensor> _given = [];
    private readonly UNetLoads _loads = new(shape);

    /// <summary>Bytes of what was given, in the shape's numbers.</summary>
    public long Bytes { get; private set; }

    /// <summary>What a step makes of them.</summary>
    public static Tensor Expand(int block, Tensor stored) => stored.to(ScalarType.Float32);

    public Tensor Unmasked(int block)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = _loads.Level(block)!.Value;
        List<Tensor> parts = [];
        foreach (var (edit, recording) in batch)
        {
            for (var lane = 0; lane < edit.Lanes; lane++)
            {
                var unmasked = tensor(Array.ConvertAll(edit.Masks.At(rows, columns).Unmasked, static token => (long)token));
                parts.Add(_loads.RowsOf(recording.Layers(edit.Step, edit.FirstBranch + lane), block).index_select(0, unmasked));
            }
        }

        var all = cat(parts);
        Bytes += all.numel() * all.element_size();
        _given.Add(block, all.to(ScalarType.Float64).DetachFromDisposeScope());
        return _given[block];
    }

    public Tensor Resume(int block) => throw new AssertionException($"Nothing resumes, but block {block} asked.");

    public void Released(int block)
    {
        if (_given.Remove(block, out var rows))
        {
            rows.Dispose();
        }
    }

    public void Finished(int block) => Assert.That(_given, Is.Empty, "what a block has read is released before it is finished");
}
