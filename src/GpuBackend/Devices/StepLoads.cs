using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Devices;

/// <summary>The loads of a batch's steps under one plan, in the order in which they are needed; no block has more than one.</summary>
/// <param name="batch">The batch, in order.</param>
/// <param name="plan">Its plan.</param>
/// <param name="branch">The guidance branch that the device computes; <c>null</c>: all of them.</param>
internal sealed class StepLoads(IReadOnlyList<EditState> batch, StepPlan plan, int? branch)
{
    private readonly IReadOnlyList<RowLoad> _loads = plan.Modes[0] == BlockMode.Plain ? [] : batch[0].Recording.Model.LoadsOf(plan.Modes, batch);

    /// <summary>How many.</summary>
    public int Count => _loads.Count;

    /// <summary>Whether a load resumes a computation: then the block before it keeps its own rows until the next block has read them.</summary>
    public bool Resumes => _loads.Any(static load => load.Resume);

    /// <summary>A load.</summary>
    public RowLoad this[int index] => _loads[index];

    /// <summary>The block whose computation waits for a load: what resumes is the next block's.</summary>
    public int BlockOf(int index) => _loads[index].Resume ? _loads[index].Block + 1 : _loads[index].Block;

    /// <summary>Rows of a load, all members'.</summary>
    public int RowsOf(int index) => batch.Sum(edit => RunsOf(index, edit).Rows);

    /// <summary>A load's rows.</summary>
    public RowSet SetOf(int index) => batch[0].Recording.Layout[_loads[index].Block];

    /// <summary>Rows of a load, one member's.</summary>
    public RowRuns RunsOf(int index, EditState edit) => edit.RunsOf(_loads[index], branch);

    /// <summary>Gathers one member's rows.</summary>
    /// <returns>Bytes written.</returns>
    public int Gather(int index, EditState edit, Span<byte> destination) => edit.Gather(_loads[index], edit.Step, destination, branch);

    /// <summary>A load's place in the order.</summary>
    /// <exception cref="InvalidOperationException">The plan has no such load.</exception>
    public int IndexOf(RowLoad load)
    {
        for (var i = 0; i < _loads.Count; i++)
        {
            if (_loads[i] == load)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"The plan loads no rows for {load}.");
    }
}
