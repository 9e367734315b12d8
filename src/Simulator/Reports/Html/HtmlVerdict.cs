namespace SimServe.Simulator.Reports.Html;

/// <summary>The answer of a report.</summary>
/// <param name="Text">A sentence, e.g. <c>12 x H800 meet the SLO with 95 % confidence.</c></param>
/// <param name="Kind">Whether that is good news.</param>
public sealed record HtmlVerdict(string Text, HtmlVerdictKind Kind);
