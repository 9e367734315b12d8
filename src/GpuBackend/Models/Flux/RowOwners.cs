using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Which member of a batch each packed row belongs to.</summary>
/// <param name="First">The first member's row in per-member tensors.</param>
/// <param name="Members">Members.</param>
/// <param name="Index">The row in per-member tensors of each packed row, int64; <c>null</c> when all members have as many rows.</param>
internal readonly record struct RowOwners(int First, int Members, Tensor? Index)
{
    /// <summary>The owners of rows packed member by member.</summary>
    /// <param name="first">The first member's row in per-member tensors.</param>
    /// <param name="rows">Rows of each member.</param>
    /// <param name="device">Where the rows are.</param>
    public static RowOwners Packed(int first, IReadOnlyList<long> rows, Device device)
    {
        if (rows.All(count => count == rows[0]))
        {
            return new RowOwners(first, rows.Count, null);
        }

        var members = arange(first, first + rows.Count, dtype: ScalarType.Int64, device: device);
        return new RowOwners(first, rows.Count, members.repeat_interleave(tensor(rows.ToArray(), device: device)));
    }

    /// <summary>Each row's share of per-member modulation.</summary>
    /// <param name="perMember">[members, chunks * H].</param>
    public RowModulation Of(Tensor perMember)
    {
        if (Index is not null)
        {
            return new RowModulation(perMember.index_select(0, Index), 1);
        }

        var own = perMember.narrow(0, First, Members);
        return new RowModulation(Members == 1 ? own : own.unsqueeze(1), Members);
    }
}
