namespace SimServe.Slimming.Plans;

/// <summary>A model as far as a plan needs it: its groups, and what it would weigh with other widths.</summary>
public interface ISlimTarget
{
    /// <summary>The groups, in order of depth; widths and spectra are lists in the same order.</summary>
    IReadOnlyList<SlimGroup> Groups { get; }

    /// <summary>Size of the whole model.</summary>
    /// <param name="widths">Units of each group: from 1 to all of them, allowed or not. A formula of the shapes, not of a model that was built: it is asked thousands of times.</param>
    SlimSize SizeOf(IReadOnlyList<int> widths);

    /// <summary>Predicted seconds of a pass when it is served, or <c>null</c> where no profile says.</summary>
    /// <param name="widths">Units of each group, as for <see cref="SizeOf"/>.</param>
    double? SecondsOf(IReadOnlyList<int> widths);
}
