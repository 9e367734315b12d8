using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>The channels of a cell's answer: whether there is an object, its shape, colour, size and texture, and where in the cell its centre lies.</summary>
internal static class JudgeAnswers
{
    /// <summary>Classes of shape, colour, size and texture, in the order of the channels.</summary>
    public static IReadOnlyList<int> Classes { get; } =
        [Enum.GetValues<SceneShape>().Length, Enum.GetValues<SceneColour>().Length, Enum.GetValues<SceneSize>().Length, Enum.GetValues<SceneTexture>().Length];

    /// <summary>The first channel of each class, and of the place.</summary>
    public static IReadOnlyList<int> Firsts { get; } = [.. Enumerable.Range(0, Classes.Count + 1).Select(static number => 1 + Classes.Take(number).Sum())];

    /// <summary>All channels.</summary>
    public static int Channels => Firsts[^1] + 2;

    /// <summary>The object that a cell sees.</summary>
    /// <param name="value">The value of a channel.</param>
    /// <param name="cell">The cell's number, row by row.</param>
    public static SceneObject Read(Func<int, float> value, int cell)
    {
        int Best(int fact) => Enumerable.Range(0, Classes[fact]).MaxBy(choice => value(Firsts[fact] + choice));
        float Place(int axis, int at) => SceneJudge.Cell * (at + Math.Clamp(value(Firsts[^1] + axis), 0, 1));
        return new SceneObject(
            (SceneShape)Best(0), (SceneColour)Best(1), (SceneSize)Best(2), (SceneTexture)Best(3), Place(0, cell % SceneJudge.Cells), Place(1, cell / SceneJudge.Cells));
    }

    /// <summary>The right classes of an object.</summary>
    public static IReadOnlyList<int> Of(SceneObject item) => [(int)item.Shape, (int)item.Colour, (int)item.Size, (int)item.Texture];
}
