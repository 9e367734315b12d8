namespace SimServe.Policies.Costs;

/// <summary>After what a block can be <see cref="BlockMode.Recomputed"/>.</summary>
public enum RecomputeRule
{
    /// <summary>After any block: what the template's computation lacks is loaded.</summary>
    Anywhere,

    /// <summary>At the start, where the embedded template is, and directly after a recomputed block: cached rows are not what the template's computation goes on from.</summary>
    FromStart,

    /// <summary>Never: the template's computation does not reach it, or the model has no such way (<see cref="ModelShape.Recomputes"/>).</summary>
    Never,
}
