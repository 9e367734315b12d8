using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>How workers share guidance branches in a test.</summary>
internal sealed record BranchPair
{
    /// <summary>Least time of an exchange.</summary>
    public TimeSpan Exchange { get; init; }

    /// <summary>The partners' model, as on another device; <c>null</c>: the workers'.</summary>
    public ServedModel? Other { get; init; }

    /// <summary>Puts itself between a batch and the rows of each of the two.</summary>
    public Func<IReadOnlyList<EditState>, IStreamedRows, IStreamedRows>? Rows { get; init; }
}
