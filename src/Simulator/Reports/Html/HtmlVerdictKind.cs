namespace SimServe.Simulator.Reports.Html;

/// <summary>Whether a verdict is good news.</summary>
public enum HtmlVerdictKind
{
    /// <summary>The goal is met, or the question decided.</summary>
    Good,

    /// <summary>The goal is missed.</summary>
    Bad,

    /// <summary>Cannot tell, or must not be concluded.</summary>
    Unknown,
}
