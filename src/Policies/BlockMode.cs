namespace SimServe.Policies;

/// <summary>Where a block takes the template's unmasked rows from.</summary>
public enum BlockMode
{
    /// <summary>Nowhere: every token of the request is computed (no reuse).</summary>
    Plain,

    /// <summary>From the template's cache, over the copy stream.</summary>
    Cached,

    /// <summary>
    /// From the template's previous block, run again on the compute stream. Same rows as the cache holds, so the choice
    /// between the two never changes an image.
    /// </summary>
    Recomputed,
}
