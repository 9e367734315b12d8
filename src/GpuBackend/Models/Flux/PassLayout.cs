using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>How the rows of a batch are packed for one run through the blocks.</summary>
/// <remarks>
/// Text rows, image rows and extra rows (keys and values only) are each packed member by member; the joint sequence holds each
/// member's text rows, then its image rows.
/// </remarks>
internal sealed class PassLayout
{
    /// <summary>Creates a layout.</summary>
    /// <param name="firstCondition">The first member's row in the condition tensor.</param>
    /// <param name="text">Rotary factors of the text rows, the same for each member, [T, 1, d/2].</param>
    /// <param name="image">Rotary factors of each member's image rows, [n, 1, d/2].</param>
    /// <param name="extra">Rotary factors of each member's extra rows, [u, 1, d/2]; empty when there are none.</param>
    public PassLayout(int firstCondition, Tensor text, IReadOnlyList<Tensor> image, IReadOnlyList<Tensor> extra)
    {
        (TextTokens, Members) = (text.shape[0], image.Count);
        ImageRows = [.. image.Select(static rows => rows.shape[0])];
        ExtraRows = extra.Count == 0 ? new long[Members] : [.. extra.Select(static rows => rows.shape[0])];
        SequenceRows = [.. ImageRows.Select(rows => rows + TextTokens)];
        EqualRows = SequenceRows.All(rows => rows == SequenceRows[0]) ? SequenceRows[0] : null;
        Text = RowOwners.Packed(firstCondition, [.. Enumerable.Repeat(TextTokens, Members)], text.device);
        Image = RowOwners.Packed(firstCondition, ImageRows, text.device);
        Sequence = RowOwners.Packed(firstCondition, SequenceRows, text.device);
        // Extra rows are the templates' own tokens: their conditions follow those of the members.
        Extra = RowOwners.Packed(firstCondition + Members, ExtraRows, text.device);
        SequenceRotary = cat([.. image.SelectMany(rows => new[] { text, rows })]);
        ExtraRotary = extra.Count == 0 ? null : Packed(extra);
    }

    /// <summary>Members of the batch, B.</summary>
    public int Members { get; }

    /// <summary>Text rows of each member, T.</summary>
    public long TextTokens { get; }

    /// <summary>Image rows of each member.</summary>
    public long[] ImageRows { get; }

    /// <summary>Extra rows of each member.</summary>
    public long[] ExtraRows { get; }

    /// <summary>Text and image rows of each member.</summary>
    public long[] SequenceRows { get; }

    /// <summary>Owners of text rows.</summary>
    public RowOwners Text { get; }

    /// <summary>Owners of image rows.</summary>
    public RowOwners Image { get; }

    /// <summary>Owners of the joint sequence's rows.</summary>
    public RowOwners Sequence { get; }

    /// <summary>Owners of extra rows, in the second half of the condition tensor.</summary>
    public RowOwners Extra { get; }

    /// <summary>Rotary factors of the joint sequence, [S, 1, d/2].</summary>
    public Tensor SequenceRotary { get; }

    /// <summary>Rotary factors of the extra rows, or <c>null</c>.</summary>
    public Tensor? ExtraRotary { get; }

    /// <summary>Rows of several members, packed member by member.</summary>
    public static Tensor Packed(IReadOnlyList<Tensor> rows) => rows.Count == 1 ? rows[0] : cat([.. rows]);

    /// <summary>Rows of the joint sequence of every member where all have as many; <c>null</c> where they differ.</summary>
    public long? EqualRows { get; }

    /// <summary>Text and image rows, [B*T, ...] and [N, ...], as one sequence, [S, ...] with S = B*T + N.</summary>
    public Tensor Join(Tensor text, Tensor image)
    {
        if (EqualRows is not null)
        {
            return cat([text.unflatten(0, [Members, -1]), image.unflatten(0, [Members, -1])], 1).flatten(0, 1);
        }

        var parts = new Tensor[2 * Members];
        var next = 0L;
        for (var member = 0; member < Members; member++)
        {
            parts[2 * member] = text.narrow(0, member * TextTokens, TextTokens);
            parts[(2 * member) + 1] = image.narrow(0, next, ImageRows[member]);
            next += ImageRows[member];
        }

        return cat(parts);
    }

    /// <summary>The joint sequence's text and image rows apart.</summary>
    public (Tensor Text, Tensor Image) Split(Tensor sequence)
    {
        if (EqualRows is { } rows)
        {
            var members = sequence.unflatten(0, [Members, rows]);
            return (members.narrow(1, 0, TextTokens).flatten(0, 1), members.narrow(1, TextTokens, rows - TextTokens).flatten(0, 1));
        }

        var (text, image) = (new Tensor[Members], new Tensor[Members]);
        var next = 0L;
        for (var member = 0; member < Members; member++)
        {
            text[member] = sequence.narrow(0, next, TextTokens);
            image[member] = sequence.narrow(0, next + TextTokens, ImageRows[member]);
            next += SequenceRows[member];
        }

        return (Packed(text), Packed(image));
    }
}
