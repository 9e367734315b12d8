using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>An edit of a painted scene: a rectangle around one of its objects is filled anew.</summary>
/// <param name="edit">The scene, and what is asked for.</param>
/// <param name="number">Its number, from which its seeds follow.</param>
/// <param name="grid">The model's tokens.</param>
internal sealed class FrontierEdit(SceneEdit edit, int number, TokenGrid grid)
{
    private const int TemplateSeeds = 1_000_000;

    public EditTemplate Template { get; } = new(ScenePainter.Paint(edit.Scene), edit.Scene.Caption, TemplateSeeds + number);

    public static IEnumerable<FrontierEdit> Draw(int count, long seed, TokenGrid grid) =>
        SceneEdit.Draw(new SceneSource(seed, SceneSplit.HeldOut), count, seed).Select((edit, number) => new FrontierEdit(edit, number, grid));

    /// <summary>The request with a mask of about a share of the tokens.</summary>
    public Request Request(double ratio, int steps, int margin) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = default,
        Template = default,
        Mask = MaskOf(ratio).Dilated(margin),
        Steps = steps,
        Prompt = edit.Prompt,
        Seed = number,
    };

    // As nearly a square around the object as the number of tokens allows.
    private EditMask MaskOf(double ratio)
    {
        var (columns, rows) = SizeOf(Math.Max(1, (int)Math.Round(ratio * grid.Count)));
        var item = edit.Scene.Objects[edit.Replaced];
        var (left, top) = (Start(item.X, columns, grid.Columns), Start(item.Y, rows, grid.Rows));
        return EditMask.FromTokens(grid, [.. Enumerable.Range(0, columns * rows).Select(token => ((top + (token / columns)) * grid.Columns) + left + (token % columns))]);
    }

    private (int Columns, int Rows) SizeOf(int tokens)
    {
        var sizes = from columns in Enumerable.Range(1, grid.Columns) from rows in Enumerable.Range(1, grid.Rows) where Math.Max(columns, rows) <= 2 * Math.Min(columns, rows) select (columns, rows);
        return sizes.MinBy(size => (Math.Abs((size.columns * size.rows) - tokens), Math.Abs(size.columns - size.rows)));
    }

    private int Start(float centre, int size, int all) => Math.Clamp((int)Math.Round((centre / grid.PatchPixels) - (size / 2.0)), 0, all - size);
}
