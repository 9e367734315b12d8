using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Training;

/// <summary>Captions that text encoders learn from and are judged by; those to learn from name every pair of a shape and a colour.</summary>
/// <param name="plan">Seed and scenes.</param>
/// <param name="batch">Captions of a step.</param>
internal sealed class CaptionSource(TrainingPlan plan, int batch)
{
    /// <summary>Captions that a text encoder is judged by.</summary>
    public const int Judged = 1024;

    private readonly SceneSource _train = new(plan.Seed, SceneSplit.AllPairs);
    private readonly SceneSource _validation = new(plan.Seed, SceneSplit.Validation);

    /// <summary>Captions of a step.</summary>
    /// <param name="random">Draws scenes and what is said of them.</param>
    public SceneCaption[] Drawn(RandomStream random) => [.. Enumerable.Range(0, batch).Select(_ => SceneCaption.Drawn(_train[random.Next(plan.TrainScenes)], random))];

    /// <summary>The captions to judge by, the same every time.</summary>
    public SceneCaption[] ToJudge()
    {
        var random = new RandomStream(0, "validation captions");
        return [.. Enumerable.Range(0, Judged).Select(index => SceneCaption.Drawn(_validation[index], random))];
    }
}
