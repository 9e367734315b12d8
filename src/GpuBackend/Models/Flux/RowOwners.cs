using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Which member of a batch each packed row belongs to.</summary>
/// <param name="Index">The member's row in per-member tensors, one for each packed row, int64; <c>null</c> when all belong to one member.</param>
/// <param name="Single">That one member's row.</param>
internal readonly record struct RowOwners(Tensor? Index, int Single)
{
    /// <summary>One row for each packed row, or one row that broadcasts over all of them.</summary>
    /// <param name="perMember">[members, channels].</param>
    public Tensor Of(Tensor perMember) => Index is null ? perMember.narrow(0, Single, 1) : perMember.index_select(0, Index);

    /// <summary>The owners of rows packed member by member.</summary>
    /// <param name="first">The first member's row in per-member tensors.</param>
    /// <param name="rows">Rows of each member.</param>
    public static RowOwners Packed(int first, IReadOnlyList<int> rows)
    {
        if (rows.Count == 1)
        {
            return new RowOwners(null, first);
        }

        var owners = new long[rows.Sum()];
        var next = 0;
        for (var member = 0; member < rows.Count; member++)
        {
            owners.AsSpan(next, rows[member]).Fill(first + member);
            next += rows[member];
        }

        return new RowOwners(tensor(owners), 0);
    }
}
