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

    public torch.Tensor Unmasked(int block)
    {
        var given = rows.Unmasked(block);
        Check(given, block, static edit => edit.Request.Mask.Tokens(masked: false).Select(token => edit.Recording.TextRows + token));
        return given;
    }

    public torch.Tensor Resume(int block)
    {
        var given = rows.Resume(block);
        Check(given, block, static edit => Enumerable.Range(0, edit.Recording.TextRows).Concat(edit.Request.Mask.Tokens(masked: true).Select(token => edit.Recording.TextRows + token)));
        return given;
    }

    private void Check(torch.Tensor given, int block, Func<EditState, IEnumerable<int>> rowsOf)
    {
        var bytes = TensorAddress.Span(given);
        var next = 0;
        foreach (var edit in batch)
        {
            foreach (var row in rowsOf(edit))
            {
                expected.Check((edit.Request.Template, edit.Step, block, row), bytes.Slice(next, edit.Recording.RowBytes));
                next += edit.Recording.RowBytes;
            }
        }

        if (next != bytes.Length)
        {
            throw new InvalidOperationException($"A step was given {bytes.Length} bytes of rows and needs {next}.");
        }
    }
}
