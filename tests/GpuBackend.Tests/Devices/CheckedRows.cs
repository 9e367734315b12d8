using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Native;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>Stands between a batch and its rows: every row that a step reads must be the one that was recorded for the member's own template, step and block.</summary>
/// <remarks>Rows are compared by their hashes with those that were taken when the template was recorded.</remarks>
internal sealed class CheckedRows(IReadOnlyList<EditState> batch, IStreamedRows rows, RowHashes expected) : IStreamedRows
{
    public bool HasLoads => rows.HasLoads;

    public long Bytes => rows.Bytes;

    public void Begin() => rows.Begin();

    public void CopyStep() => rows.CopyStep();

    public void Abandon() => rows.Abandon();

    public StepTrace Trace() => rows.Trace();

    public void Released(int block) => rows.Released(block);

    public void Finished(int block) => rows.Finished(block);

    public void Dispose() => rows.Dispose();

    public torch.Tensor Unmasked(int block) => Checked(rows.Unmasked(block), block, static (edit, _) => edit.Request.Mask.Tokens(masked: false));

    public torch.Tensor Resume(int block) => Checked(
        rows.Resume(block), block, static (edit, text) => Enumerable.Range(-text, text).Concat(edit.Request.Mask.Tokens(masked: true)));

    // Tokens are asked for with the text before the first of them.
    private torch.Tensor Checked(torch.Tensor given, int block, Func<EditState, int, IEnumerable<int>> tokensOf)
    {
        var bytes = TensorAddress.Span(given);
        var next = 0;
        foreach (var edit in batch)
        {
            var set = edit.Recording.Layout[block];
            foreach (var token in tokensOf(edit, set.TextRows))
            {
                expected.Check((edit.Request.Template, edit.Step, block, set.TextRows + token), bytes.Slice(next, set.Format.RowBytes));
                next += set.Format.RowBytes;
            }
        }

        return next == bytes.Length ? given : throw new InvalidOperationException($"A step was given {bytes.Length} bytes of rows and needs {next}.");
    }
}
