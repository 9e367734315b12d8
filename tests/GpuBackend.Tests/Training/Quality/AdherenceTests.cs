using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Tests.Training.Quality;

public sealed class AdherenceTests
{
    private static readonly SceneObject Circle = new(SceneShape.Circle, SceneColour.Red, SceneSize.Small, SceneTexture.Plain, 12, 30);
    private static readonly SceneObject Square = new(SceneShape.Square, SceneColour.Blue, SceneSize.Large, SceneTexture.Striped, 45, 33);
    private static readonly SceneCaption Caption = SceneCaption.Full(new Scene(SceneBackground.Sand, [Circle, Square]));

    [Test]
    public void A_picture_of_the_scene_itself_holds() => Assert.That(Judged(Circle, Square), Is.EqualTo(new Adherence(2, 1, true, 0)));

    [Test]
    public void Every_painted_scene_holds_when_it_is_seen_as_it_is()
    {
        var source = new SceneSource(8, SceneSplit.HeldOut);
        Assert.That(
            Enumerable.Range(0, 500).Select(index => source[index]).Where(static scene => !Adherence.Of(SceneCaption.Full(scene), [.. scene.Objects.Select(static item => new SceneFinding(item, 1))]).Holds), Is.Empty);
    }

    [Test]
    public void Another_colour_does_not_hold() => Assert.That(Judged(Circle with { Colour = SceneColour.Green }, Square), Is.EqualTo(new Adherence(1, 0, false, 1)));

    [Test]
    public void The_wrong_side_does_not_hold() => Assert.That(Judged(Circle with { X = 55 }, Square), Is.EqualTo(new Adherence(2, 0, false, 0)));

    [Test]
    public void A_missing_object_does_not_hold() => Assert.That(Judged(Square), Is.EqualTo(new Adherence(1, 0, false, 0)));

    [Test]
    public void A_further_object_is_told_but_is_no_fault() => Assert.That(Judged(Circle, Square, Circle with { Y = 60, Shape = SceneShape.Star }), Is.EqualTo(new Adherence(2, 1, true, 1)));

    [Test]
    public void Of_two_alike_the_one_that_fits_is_taken() => Assert.That(Judged(Circle with { X = 60 }, Square, Circle), Is.EqualTo(new Adherence(2, 1, true, 1)));

    [Test]
    public void An_empty_caption_holds() => Assert.That(Adherence.Of(new SceneCaption([], null), []).Holds, Is.True);

    private static Adherence Judged(params SceneObject[] seen) => Adherence.Of(Caption, [.. seen.Select(static item => new SceneFinding(item, 1))]);
}
