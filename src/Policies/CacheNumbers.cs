namespace SimServe.Policies;

#pragma warning disable CA1720 // They are the names of number formats.
/// <summary>Numbers that cached activations are stored and moved in; the model computes in its own.</summary>
public enum CacheNumbers
{
    /// <summary>Those that the model computes in.</summary>
    AsModel,

    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>The upper half of a 32-bit floating-point number.</summary>
    BFloat16,

    /// <summary>Whole numbers from -127 to 127, in steps of a 127th of the row's largest number.</summary>
    Int8,

    /// <summary>8-bit floating point with 4 bits of exponent and 3 of mantissa (E4M3 of Micikevicius et al., 2022), scaled so that the row's largest number is the format's.</summary>
    Float8,
}
