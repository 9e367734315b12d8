using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>What denoisers are asked and weighed by while they learn.</summary>
public sealed class SceneQuestionsTests
{
    private const int Side = 8;

    private string _folder = string.Empty;
    private SceneSet _scenes = null!;

    [SetUp]
    public void PaintScenes()
    {
        _folder = Directory.CreateTempSubdirectory("simserve-questions").FullName;
        _scenes = SceneSet.Open(_folder, 3, SceneSplit.Train, 4);
    }

    [TearDown]
    public void DeleteScenes()
    {
        _scenes.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Objects_count_more_where_little_noise_is_left()
    {
        using var scope = NewDisposeScope();
        using var questions = new SceneQuestions(5, _scenes, Side, CPU);
        var weights = questions.Weights([2, 2], tensor(new[] { 0.9f, 0.3f }));
        var covered = tensor(TokenLabels.Of(_scenes[2], Side).Covered);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(weights.shape, Is.EqualTo(new long[] { 2, Side * Side }));
            Assert.That(weights[0].eq(1).all().item<bool>(), "noise hides objects: all places alike");
            Assert.That(weights[1].allclose(covered.mul(4).add(1)));
            Assert.That(covered.max().item<float>(), Is.GreaterThan(0.5f), "the scene has an object");
        }
    }

    [Test]
    public void Features_that_know_what_places_show_answer_right_after_a_lesson()
    {
        using var scope = NewDisposeScope();
        int[] chosen = [0, 1, 3];
        long[] shown = [.. chosen.SelectMany(index => TokenLabels.Of(_scenes[index], Side) is var labels ? labels.Shapes.Zip(labels.Colours, static (shape, colour) => (shape * TokenLabels.ColourClasses) + colour) : [])];
        var classes = TokenLabels.ShapeClasses * TokenLabels.ColourClasses;
        var features = nn.functional.one_hot(tensor(shown), classes).to(ScalarType.Float32).mul(10);
        using var questions = new SceneQuestions(classes, _scenes, Side, CPU);
        using var learned = new LearnedWeights([(string.Empty, questions.Asking)]);
        var before = questions.Wrong(features, chosen).item<float>();
        for (var step = 0; step < 200; step++)
        {
            learned.Begin();
            questions.Wrong(features, chosen).backward();
            using var mode = no_grad();
            learned.Values.add_(learned.Gradients, -0.2);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(questions.Wrong(features, chosen).item<float>(), Is.LessThan(0.1 * before));
            Assert.That(questions.Wrong(zeros_like(features), chosen).item<float>(), Is.GreaterThan(0.3 * before), "features that know nothing");
        }
    }
}
