using SimServe.GpuBackend.Devices;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>A batch's rows, until its steps have come so far: then the device that computes with them fails.</summary>
/// <param name="rows">The rows.</param>
/// <param name="after">Steps that go well.</param>
internal sealed class FailingRows(IStreamedRows rows, int after) : IStreamedRows
{
    public const string Reason = "its power went";

    private int _begun;

    public bool HasLoads => rows.HasLoads;

    public long Bytes => rows.Bytes;

    public void Begin()
    {
        _begun++;
        rows.Begin();
    }

    public void CopyStep() => rows.CopyStep();

    public void Abandon() => rows.Abandon();

    public StepTrace Trace() => rows.Trace();

    public void Released(int block) => rows.Released(block);

    // In the middle of a step, when loads for later blocks are under way.
    public void Finished(int block)
    {
        if (_begun > after && block == 2)
        {
            throw new InvalidOperationException(Reason);
        }

        rows.Finished(block);
    }

    public void Dispose() => rows.Dispose();

    public torch.Tensor Unmasked(int block) => rows.Unmasked(block);

    public torch.Tensor Resume(int block) => rows.Resume(block);
}
