namespace SimServe.Simulator.Reports.Charts;

/// <summary>Something that a row did for a while.</summary>
/// <param name="Row">Number of its row, 0 and up.</param>
/// <param name="Start">Its start, in the unit of the x axis.</param>
/// <param name="End">Its end, not before its start.</param>
/// <param name="Label">Written on it where there is room, e.g. <c>batch of 8</c>.</param>
/// <param name="Kind">What sort of thing it is, which gives its colour, e.g. <c>denoise</c>.</param>
/// <param name="Detail">More for whoever points at it; null for nothing more.</param>
public readonly record struct GanttBar(int Row, double Start, double End, string Label, string Kind, string? Detail = null);
