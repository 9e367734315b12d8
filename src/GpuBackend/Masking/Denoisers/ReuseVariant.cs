namespace SimServe.GpuBackend.Masking.Denoisers;

/// <summary>What of a template stands for unmasked tokens in an attention. Source: FlashPS (EuroSys '26), section 3.1.</summary>
internal enum ReuseVariant
{
    /// <summary>Y: rows of a block's input, which keys and values are made of again.</summary>
    BlockInputs,

    /// <summary>KV: keys and values themselves, twice the bytes and no projections.</summary>
    KeysAndValues,
}
