using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Training;

public sealed class SceneHoleTests
{
    private const int Side = 8;

    private static readonly SceneSource Source = new(2, SceneSplit.Train);

    [Test]
    public void A_hole_covers_an_object_of_the_scene_and_not_the_whole_picture()
    {
        for (var index = 0; index < 300; index++)
        {
            var scene = Source[index];
            var hole = SceneHole.Draw(scene, Side, new RandomStream(index, "hole"));
            bool Covers(SceneObject item) => Enumerable.Range(0, Side * Side).All(token =>
                hole.Tokens[token] == 1 || Math.Abs((token % Side * 8) + 4 - item.X) > item.Reach || Math.Abs((token / Side * 8) + 4 - item.Y) > item.Reach);
            Assert.That(hole.Tokens.Distinct(), Is.EquivalentTo(new[] { 0f, 1f }), scene.Caption);
            Assert.That(scene.Objects.Any(Covers), Is.True, scene.Caption);
        }
    }

    [Test]
    public void Most_captions_of_holes_name_one_object_of_the_scene()
    {
        var captions = Enumerable.Range(0, 500).Select(static index => (Scene: Source[index], Hole: SceneHole.Draw(Source[index], Side, new RandomStream(index, "hole")))).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(captions.Count(static item => item.Hole.Caption is { Phrases.Count: 1, Background: null }) / 500.0, Is.EqualTo(0.7).Within(0.08));
            Assert.That(
                captions.SelectMany(static item => item.Hole.Caption.Phrases.Select(phrase => item.Scene.Objects.Any(known => (known.Shape, known.Colour) == (phrase.Shape, phrase.Colour)))), Is.All.True);
        }
    }

    [Test]
    public void Everything_is_open_where_there_is_no_hole() =>
        Assert.That(SceneHole.Everything(Source[3], Side, new RandomStream(1, "hole")).Tokens, Is.EqualTo(Enumerable.Repeat(1f, Side * Side)));
}
