using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.Cli.Validation;

/// <summary>Painted scenes as templates for a trained model: what the models that are trained here know.</summary>
internal static class PaintedTemplates
{
    /// <summary>The most that are painted for a run.</summary>
    public const int Most = 1000;

    /// <summary>Prompts of edits, one for each object that learned scenes show, e.g. <c>a green star</c>.</summary>
    public static IReadOnlyList<string> EditPrompts { get; } =
    [
        .. Enum.GetValues<SceneShape>()
            .SelectMany(static shape => Enum.GetValues<SceneColour>().Select(colour => (shape, colour)))
            .Except(SceneSource.HeldOutPairs)
            .Select(static pair => new SceneCaption([new ScenePhrase(pair.Item1, pair.Item2, null, SceneTexture.Plain, null)], null).Text),
    ];

    /// <summary>Whether a model is one that such scenes are for: it is trained, and its pictures have their size.</summary>
    public static bool Fit(ServedConfig model) => model.IsTrained && (model.Grid.Width, model.Grid.Height) == (Scene.Side, Scene.Side);

    /// <summary>Scenes with their captions, and with their edges for ControlNets, of the kinds that training shows but none that it shows.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the scenes.</param>
    public static IReadOnlyList<EditTemplate> Of(int count, long seed)
    {
        var scenes = new SceneSource(seed, SceneSplit.Validation);
        return [.. Enumerable.Range(0, count).Select(number => new EditTemplate(ScenePainter.Paint(scenes[number]), scenes[number].Caption, number)
        {
            ControlPicture = ScenePainter.Edges(scenes[number]),
        })];
    }
}
