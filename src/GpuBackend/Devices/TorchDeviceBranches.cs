using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using TorchSharp;

namespace SimServe.GpuBackend.Devices;

// How a real worker takes a step: alone, or as a pair of devices with one guidance branch each.
public sealed partial class TorchDevice
{
    // The negative prompt's; its partner computes the other one.
    private const int OwnBranch = 0;

    private readonly BranchPartner? _partner;
    private readonly PairedControlNets? _pairedControlNets;

    /// <summary>Forward passes of one request in a step of its compute thread.</summary>
    internal int Branches => _shape.Branches;

    /// <summary>Takes one step of a batch on the calling thread, with the copy thread and the partner beside it, and says where the time went.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="work">Its rows and ControlNets.</param>
    /// <param name="modes">One mode per block.</param>
    /// <returns>What its own thread did; what it waited for its partner is outside the blocks.</returns>
    internal StepTrace RunStep(IReadOnlyList<EditState> batch, StepWork work, IReadOnlyList<BlockMode> modes)
    {
        var (rows, controls) = (work.Own.Rows, work.Own.Controls?.Members ?? []);
        if (work.Partner is { } theirs)
        {
            Share(batch, modes, theirs, () => _lane.Run(rows, () => _model.Predict(batch, modes, rows, OwnBranch, controls)));
        }
        else
        {
            _lane.Run(rows, () =>
            {
                _model.Step(batch, modes, rows, controls);
                return true;
            });
        }

        return rows.Trace();
    }

    /// <summary>What steps of a batch need, without ControlNets; call it on the compute thread.</summary>
    internal StepWork WorkFor(IReadOnlyList<EditState> batch, StepPlan plan) => WorkFor(batch, plan, static (_, _) => null);

    private StepWork WorkFor(IReadOnlyList<EditState> batch, StepPlan plan, Func<ServedControlNets?, Action, StepControls?> controls)
    {
        var rows = _streams.RowsFor(batch, plan, _partner is null ? null : OwnBranch);
        var own = new LaneWork(_options.Rows?.Invoke(batch, rows) ?? rows, controls(_controlNets, FinishCompute));
        try
        {
            return new StepWork(own, _partner is null ? null : new LaneWork(_partner.RowsFor(batch, plan, _options.Rows), controls(_partner.ControlNets, _partner.Finish)));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private void Share(IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, LaneWork theirs, Func<torch.Tensor> predict)
    {
        // The partner reads what this thread has written.
        FinishCompute();
        var (prediction, own) = (_partner!.Predict(batch, modes, theirs), (torch.Tensor?)null);
        try
        {
            own = predict();
        }
        finally
        {
            if (own is null)
            {
                BranchPartner.Abandon(prediction);
            }
        }

        using (own)
        {
            using var other = _partner.Exchange(prediction, _model.Device, FinishCompute);
            _model.Advance(batch, [own, other]);
        }
    }
}
