namespace SimServe.Simulator.Reports.Html;

/// <summary>Something that the reader must know.</summary>
/// <param name="Name">What, e.g. <c>seed</c>.</param>
/// <param name="Value">Its value, e.g. <c>7</c>.</param>
public sealed record HtmlFact(string Name, string Value);
