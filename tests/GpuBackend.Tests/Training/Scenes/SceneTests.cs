using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Tests.Training.Scenes;

public sealed class SceneTests
{
    private const int Many = 2000;

    private static readonly SceneSource Train = new(1, SceneSplit.Train);

    private static IEnumerable<Scene> Scenes(SceneSource source) => Enumerable.Range(0, Many).Select(index => source[index]);

    [Test]
    public void The_same_number_is_the_same_scene_and_the_same_picture()
    {
        var (one, two) = (new SceneSource(5, SceneSplit.Train)[17], new SceneSource(5, SceneSplit.Train)[17]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(two.Caption, Is.EqualTo(one.Caption));
            Assert.That(two.Objects, Is.EqualTo(one.Objects));
            Assert.That(ScenePainter.Paint(two).Pixels.SequenceEqual(ScenePainter.Paint(one).Pixels), Is.True);
            Assert.That(new SceneSource(6, SceneSplit.Train)[17].Objects, Is.Not.EqualTo(one.Objects));
            Assert.That(new SceneSource(5, SceneSplit.Validation)[17].Objects, Is.Not.EqualTo(one.Objects));
        }
    }

    [TestCase(SceneSplit.Train)]
    [TestCase(SceneSplit.Validation)]
    public void Held_out_pairs_are_in_no_other_split(SceneSplit split) =>
        Assert.That(Scenes(new SceneSource(1, split)).SelectMany(static scene => scene.Objects).Where(static item => SceneSource.HeldOutPairs.Contains((item.Shape, item.Colour))), Is.Empty);

    [Test]
    public void Every_held_out_scene_begins_with_a_pair_that_nobody_has_learnt() =>
        Assert.That(Scenes(new SceneSource(1, SceneSplit.HeldOut)).Select(static scene => (scene.Objects[0].Shape, scene.Objects[0].Colour)).Distinct(), Is.EquivalentTo(SceneSource.HeldOutPairs));

    [Test]
    public void Every_word_occurs_and_scenes_have_one_to_three_objects()
    {
        var (scenes, words) = (Scenes(Train).ToArray(), new HashSet<string>());
        foreach (var scene in scenes)
        {
            words.UnionWith(scene.Caption.Split(' '));
        }

        string[] all =
        [
            .. Enum.GetNames<SceneShape>(), .. Enum.GetNames<SceneColour>(), .. Enum.GetNames<SceneSize>(), .. Enum.GetNames<SceneBackground>(),
            "a", "on", "background", "of", "left", "right", "above", "below", "striped", "dotted",
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words, Is.EquivalentTo(all.Select(static word => word.ToLowerInvariant()).Distinct()));
            Assert.That(scenes.Select(static scene => scene.Objects.Count).Distinct(), Is.EquivalentTo(new[] { 1, 2, 3 }));
        }
    }

    [Test]
    public void Objects_lie_within_the_picture_and_their_masks_do_not_meet()
    {
        foreach (var scene in Enumerable.Range(0, 200).Select(static index => Train[index]))
        {
            var masks = Enumerable.Range(0, scene.Objects.Count).Select(index => ScenePainter.MaskOf(scene, index)).ToArray();
            for (var pixel = 0; pixel < Scene.Side * Scene.Side; pixel++)
            {
                Assert.That(masks.Count(mask => mask.Edited[pixel]), Is.LessThanOrEqualTo(1), scene.Caption);
            }

            Assert.That(masks.Select(static mask => mask.Edited.ToArray().Count(static edited => edited)), Has.All.GreaterThan(40), scene.Caption);
            Assert.That(masks.SelectMany(static mask => Enumerable.Range(0, Scene.Side).Select(i => mask[i, 0] || mask[0, i] || mask[i, Scene.Side - 1] || mask[Scene.Side - 1, i])), Has.None.True, scene.Caption);
        }
    }

    [Test]
    public void Objects_fill_whole_cells([Values] SceneSplit split)
    {
        foreach (var item in Scenes(new SceneSource(1, split)).SelectMany(static scene => scene.Objects))
        {
            var reach = item.Size == SceneSize.Small ? Scene.Cell : 1.5f * Scene.Cell;
            Assert.That((item.Radius, (item.X - reach) % Scene.Cell, (item.Y - reach) % Scene.Cell), Is.EqualTo((reach - 1, 0f, 0f)), item.ToString());
        }
    }

    [Test]
    public void A_judge_learns_from_every_pair()
    {
        var pairs = Scenes(new SceneSource(1, SceneSplit.AllPairs)).SelectMany(static scene => scene.Objects).Select(static item => (item.Shape, item.Colour)).Distinct();
        Assert.That(pairs.Count(), Is.EqualTo(Enum.GetValues<SceneShape>().Length * Enum.GetValues<SceneColour>().Length));
    }

    [Test]
    public void The_caption_says_where_objects_stand()
    {
        var circle = new SceneObject(SceneShape.Circle, SceneColour.Red, SceneSize.Small, SceneTexture.Plain, 20, 30);
        var square = new SceneObject(SceneShape.Square, SceneColour.Blue, SceneSize.Large, SceneTexture.Striped, 44, 34);
        var star = new SceneObject(SceneShape.Star, SceneColour.White, SceneSize.Small, SceneTexture.Dotted, 44, 10);
        Assert.That(
            new Scene(SceneBackground.Sand, [circle, square, star]).Caption,
            Is.EqualTo("a small red circle left of a large striped blue square below a small dotted white star on a sand background"));
    }

    [Test]
    public void A_plain_object_has_its_colour_and_the_rest_is_ground()
    {
        var item = new SceneObject(SceneShape.Square, SceneColour.Red, SceneSize.Large, SceneTexture.Plain, 32, 32);
        var scene = new Scene(SceneBackground.Grass, [item]);
        var (picture, mask) = (ScenePainter.Paint(scene), ScenePainter.MaskOf(scene, 0));
        var centre = picture.Pixels.Slice(3 * ((32 * Scene.Side) + 32), 3).ToArray();
        var corner = picture.Pixels[..3].ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(centre, Is.EqualTo(new byte[] { 214, 40, 40 }));
            Assert.That(corner[1], Is.GreaterThan(corner[0]), "grass is green");
            Assert.That((mask[32, 32], mask[2, 2]), Is.EqualTo((true, false)));
        }
    }

    [Test]
    public void Edges_run_along_the_masks_and_nowhere_else()
    {
        foreach (var scene in Enumerable.Range(0, 50).Select(static index => Train[index]))
        {
            var edges = ScenePainter.Edges(scene);
            var masks = Enumerable.Range(0, scene.Objects.Count).Select(index => ScenePainter.MaskOf(scene, index)).ToArray();
            for (var y = 2; y < Scene.Side - 2; y++)
            {
                for (var x = 2; x < Scene.Side - 2; x++)
                {
                    if (edges.Pixels[3 * ((y * Scene.Side) + x)] > 0)
                    {
                        var around = from dy in Enumerable.Range(-2, 5) from dx in Enumerable.Range(-2, 5) select Array.Exists(masks, mask => mask[x + dx, y + dy]);
                        Assert.That(around.Distinct().Count(), Is.EqualTo(2), $"{scene.Caption} at {x}, {y}");
                    }
                }
            }
        }
    }
}
