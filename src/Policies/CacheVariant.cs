namespace SimServe.Policies;

/// <summary>What of a template's own computation is kept for its edits.</summary>
public enum CacheVariant
{
    /// <summary>Each block's input: the block before's output. Reused rows are projected to keys and values again (FlashPS, section 3.1, variant Y).</summary>
    BlockInput,

    /// <summary>
    /// Each attention's keys and values, ready to be attended to: twice the bytes of a reused row, and no projection of it (FlashPS, Figure 7). What convolutions
    /// read is kept as it is.
    /// </summary>
    KeysValues,
}
