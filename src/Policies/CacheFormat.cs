namespace SimServe.Policies;

/// <summary>What a cached row of a template is.</summary>
/// <param name="Variant">What is kept.</param>
/// <param name="Numbers">In which numbers.</param>
/// <remarks>Rows in 8 bits have a scale of their own for each of their tensors: one of a block's input, two of keys and values.</remarks>
public readonly record struct CacheFormat(CacheVariant Variant, CacheNumbers Numbers)
{
    /// <summary>Bytes of a scale.</summary>
    public const int ScaleBytes = 4;

    private static readonly (CacheVariant Value, string Name)[] Variants = [(CacheVariant.BlockInput, "block-input"), (CacheVariant.KeysValues, "keys-values")];

    private static readonly (CacheNumbers Value, string Name)[] Types =
    [
        (CacheNumbers.AsModel, "model"), (CacheNumbers.Float32, "float32"), (CacheNumbers.BFloat16, "bfloat16"), (CacheNumbers.Int8, "int8"), (CacheNumbers.Float8, "float8"),
    ];

    /// <summary>Names of variants, the default first.</summary>
    public static IReadOnlyList<string> VariantNames { get; } = [.. Variants.Select(static known => known.Name)];

    /// <summary>Names of stored numbers, the default first.</summary>
    public static IReadOnlyList<string> NumberNames { get; } = [.. Types.Select(static known => known.Name)];

    /// <summary>The variant's name.</summary>
    public string VariantName => NameOf(Variants, Variant);

    /// <summary>The numbers' name.</summary>
    public string NumbersName => NameOf(Types, Numbers);

    /// <summary>Tensors of a row: the block's input, or key and value.</summary>
    public int Parts => Variant == CacheVariant.KeysValues ? 2 : 1;

    /// <summary>Whether rows are stored in 8 bits with a scale.</summary>
    public bool IsCompressed => Numbers is CacheNumbers.Int8 or CacheNumbers.Float8;

    /// <summary>A format by its names.</summary>
    /// <param name="variant">One of <see cref="VariantNames"/>.</param>
    /// <param name="numbers">One of <see cref="NumberNames"/>.</param>
    /// <exception cref="ArgumentException">A name is unknown; the message lists the known ones.</exception>
    public static CacheFormat Parse(string variant, string numbers)
    {
        var (place, type) = (Array.FindIndex(Variants, known => known.Name == variant), Array.FindIndex(Types, known => known.Name == numbers));
        return place >= 0 && type >= 0
            ? new CacheFormat(Variants[place].Value, Types[type].Value)
            : throw new ArgumentException($"There is no cache of {variant} in {numbers}; variants: {string.Join(", ", VariantNames)}; numbers: {string.Join(", ", NumberNames)}.");
    }

    /// <summary>Bytes of one row.</summary>
    /// <param name="width">Channels of the hidden state.</param>
    /// <param name="modelBytes">Bytes of a number that the model computes in.</param>
    public long RowBytes(int width, int modelBytes) => Parts * TensorBytes(width, modelBytes);

    /// <summary>Bytes of one row of one tensor, whatever the variant.</summary>
    /// <param name="width">Its channels.</param>
    /// <param name="modelBytes">Bytes of a number that the model computes in.</param>
    public long TensorBytes(int width, int modelBytes) => Numbers switch
    {
        CacheNumbers.AsModel => (long)width * modelBytes,
        CacheNumbers.Float32 => (long)width * 4,
        CacheNumbers.BFloat16 => (long)width * 2,
        _ => width + ScaleBytes,
    };

    /// <summary>Whether stored rows are the model's own, bit for bit.</summary>
    /// <param name="modelBytes">Bytes of a number that the model computes in.</param>
    public bool IsExact(int modelBytes) => Numbers is CacheNumbers.AsModel or CacheNumbers.Float32 || (Numbers == CacheNumbers.BFloat16 && modelBytes == 2);

    /// <summary>Whether a template's own computation can go on from stored rows: they are its hidden state, and nothing of it is lost.</summary>
    /// <param name="modelBytes">Bytes of a number that the model computes in.</param>
    public bool Resumes(int modelBytes) => Variant == CacheVariant.BlockInput && IsExact(modelBytes);

    /// <inheritdoc/>
    public override string ToString() => $"{VariantName}, {NumbersName}";

    private static string NameOf<T>((T Value, string Name)[] known, T value) => Array.Find(known, item => EqualityComparer<T>.Default.Equals(item.Value, value)).Name;
}
