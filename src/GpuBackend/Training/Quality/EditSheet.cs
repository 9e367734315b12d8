using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>A picture of edits: each a column of the scene, the scene with its hole, and the result.</summary>
public static class EditSheet
{
    /// <summary>Draws it.</summary>
    /// <param name="edits">The edits, at least one.</param>
    /// <param name="results">One for each; further rows of results may follow.</param>
    public static RgbImage Of(IReadOnlyList<SceneEdit> edits, params IReadOnlyList<IReadOnlyList<RgbImage>> results)
    {
        ArgumentNullException.ThrowIfNull(edits);
        RgbImage[] scenes = [.. edits.Select(static edit => ScenePainter.Paint(edit.Scene))];
        return PictureSheet.Of([scenes, [.. scenes.Zip(edits, static (scene, edit) => Holed(scene, edit.Mask))], .. results], gap: 4, scale: 2);
    }

    /// <summary>A mask as the <c>edit</c> verb reads it: white where the picture is edited.</summary>
    /// <param name="mask">The mask.</param>
    public static RgbImage MaskPicture(PixelMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return new RgbImage(mask.Width, mask.Height, [.. mask.Edited.ToArray().SelectMany(static edited => Enumerable.Repeat(edited ? byte.MaxValue : byte.MinValue, 3))]);
    }

    /// <summary>A picture with a grey hole where it is edited.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="mask">Where it is edited, of the same size.</param>
    public static RgbImage Holed(RgbImage picture, PixelMask mask)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(mask);
        const byte Grey = 128;
        var pixels = picture.Pixels.ToArray();
        for (var i = 0; i < mask.Edited.Length; i++)
        {
            if (mask.Edited[i])
            {
                pixels.AsSpan(3 * i, 3).Fill(Grey);
            }
        }

        return new RgbImage(picture.Width, picture.Height, pixels);
    }
}
