using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>How the rows of a batch are packed for one run through the blocks.</summary>
/// <remarks>
/// Text rows, image rows and extra rows (keys and values only) are each packed member by member; the joint sequence holds each
/// member's text rows, then its image rows.
/// </remarks>
internal sealed class PassLayout
{
    private readonly Tensor _ones;

    /// <summary>Creates a layout.</summary>
    /// <param name="config">The model's sizes.</param>
    /// <param name="firstCondition">The first member's row in the condition tensor.</param>
    /// <param name="image">Rotary factors of each member's image rows, [n, 1, d/2].</param>
    /// <param name="extra">Rotary factors of each member's extra rows, [u, 1, d/2]; empty when there are none.</param>
    public PassLayout(FluxConfig config, int firstCondition, IReadOnlyList<Tensor> image, IReadOnlyList<Tensor> extra)
    {
        (TextTokens, Members) = (config.TextTokens, image.Count);
        ImageRows = [.. image.Select(static rows => (int)rows.shape[0])];
        ExtraRows = extra.Count == 0 ? new int[Members] : [.. extra.Select(static rows => (int)rows.shape[0])];
        SequenceRows = [.. ImageRows.Select(rows => rows + TextTokens)];
        _ones = ones([TextTokens, 1, config.HeadWidth / 2], dtype: ScalarType.ComplexFloat32);
        Text = RowOwners.Packed(firstCondition, [.. Enumerable.Repeat(TextTokens, Members)]);
        Image = RowOwners.Packed(firstCondition, ImageRows);
        Sequence = RowOwners.Packed(firstCondition, SequenceRows);
        // Extra rows are the templates' own tokens: their conditions follow those of the members.
        Extra = RowOwners.Packed(firstCondition + Members, ExtraRows);
        ImageRotary = Packed(image);
        SequenceRotary = cat([.. image.SelectMany(rows => new[] { _ones, rows })]);
        ExtraRotary = extra.Count == 0 ? null : Packed(extra);
    }

    /// <summary>Members of the batch, B.</summary>
    public int Members { get; }

    /// <summary>Text rows of each member, T.</summary>
    public int TextTokens { get; }

    /// <summary>Image rows of each member.</summary>
    public int[] ImageRows { get; }

    /// <summary>Extra rows of each member.</summary>
    public int[] ExtraRows { get; }

    /// <summary>Text and image rows of each member.</summary>
    public int[] SequenceRows { get; }

    /// <summary>Owners of text rows.</summary>
    public RowOwners Text { get; }

    /// <summary>Owners of image rows.</summary>
    public RowOwners Image { get; }

    /// <summary>Owners of the joint sequence's rows.</summary>
    public RowOwners Sequence { get; }

    /// <summary>Owners of extra rows, in the second half of the condition tensor.</summary>
    public RowOwners Extra { get; }

    /// <summary>Rotary factors of the image rows, [N, 1, d/2].</summary>
    public Tensor ImageRotary { get; }

    /// <summary>Rotary factors of the joint sequence, [B*T + N, 1, d/2].</summary>
    public Tensor SequenceRotary { get; }

    /// <summary>Rotary factors of the extra rows, or <c>null</c>.</summary>
    public Tensor? ExtraRotary { get; }

    /// <summary>Rows of several members, packed member by member.</summary>
    public static Tensor Packed(IReadOnlyList<Tensor> rows) => rows.Count == 1 ? rows[0] : cat([.. rows]);
}
