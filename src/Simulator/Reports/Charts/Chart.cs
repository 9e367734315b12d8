namespace SimServe.Simulator.Reports.Charts;

/// <summary>A chart as data: what to draw, not how. NaN and infinite values are gaps.</summary>
public abstract record Chart : ReportItem;
