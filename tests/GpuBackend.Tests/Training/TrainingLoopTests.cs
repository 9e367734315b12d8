using SimServe.GpuBackend.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

public sealed class TrainingLoopTests
{
    private static readonly TrainingSettings Settings = new() { Steps = 60, Batch = 8, LearningRate = 0.2, WarmUp = 5, CheckpointEvery = 20, AverageDecay = 0.9 };

    private string _folder = "";

    private string Checkpoint => Path.Combine(_folder, "checkpoint.safetensors");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_learns([Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        using var task = new LineTask(type);
        var points = Loop().Run(task);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(points.Select(static point => point.Step), Is.EqualTo(new[] { 20, 40, 60 }));
            Assert.That(points[^1].Validation, Is.LessThan(0.1 * points[0].Validation));
        }
    }

    [Test]
    public void Stopped_anywhere_and_gone_on_with_it_makes_the_same_weights([Values(1, 20, 33)] int steps)
    {
        var whole = Trained(new LineTask(), Loop("whole"));
        using (var source = new CancellationTokenSource())
        {
            using var stopped = new LineTask { StopAfter = (steps, source) };
            Assert.That(() => Loop().Run(stopped, source.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        using var next = new LineTask();
        Assert.That(Trained(next, Loop()), Is.EqualTo(whole));
        Assert.That(next.Steps, Is.EqualTo(Settings.Steps - steps));
    }

    [Test]
    public void Steps_too_small_for_bfloat16_add_up()
    {
        using var task = new LineTask(ScalarType.BFloat16);
        var before = task.Learned.Values.clone();
        Loop(settings: Settings with { LearningRate = 1e-5 }).Run(task);
        // 60 steps of 1e-5 at most: bfloat16 would round every one of them away.
        Assert.That(task.Learned.Values.sub(before).abs().max().item<float>(), Is.InRange(1e-5, 1e-3));
    }

    [Test]
    public void A_finished_training_is_not_trained_again()
    {
        using var first = new LineTask();
        Loop().Run(first);
        using var second = new LineTask();
        Loop().Run(second);
        Assert.That(second.Steps, Is.Zero);
    }

    [Test]
    public void A_loss_that_is_no_number_ends_it_and_keeps_the_last_checkpoint()
    {
        using var task = new LineTask { LostAt = 45 };
        Assert.That(
            () => Loop().Run(task), Throws.TypeOf<TrainingException>().With.Message.Contains("loss of line became NaN at step 45").And.Message.Contains("is kept").And.Message.Contains("0.2"));
        using var next = new LineTask();
        Loop().Run(next);
        Assert.That(next.Steps, Is.EqualTo(20), "goes on after step 40");
    }

    [Test]
    public void A_disk_that_takes_no_checkpoint_ends_it_and_keeps_the_last_one()
    {
        using (var source = new CancellationTokenSource())
        {
            using var stopped = new LineTask { StopAfter = (20, source) };
            Assert.That(() => Loop().Run(stopped, source.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        var good = File.ReadAllBytes(Checkpoint);
        // A folder where the temporary file would go fails as a full disk does.
        Directory.CreateDirectory($"{Checkpoint}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp");
        using var task = new LineTask();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Loop().Run(task), Throws.TypeOf<TrainingException>().With.Message.Contains("checkpoint of step 40").And.Message.Contains("is kept"));
            Assert.That(File.ReadAllBytes(Checkpoint), Is.EqualTo(good));
        }
    }

    [Test]
    public void A_checkpoint_cut_short_is_refused_in_words()
    {
        using (var task = new LineTask())
        {
            Loop().Run(task);
        }

        using (var stream = File.OpenWrite(Checkpoint))
        {
            stream.SetLength(stream.Length - 7);
        }

        using var next = new LineTask();
        Assert.That(() => Loop().Run(next), Throws.TypeOf<TrainingException>().With.Message.Contains(Checkpoint).And.Message.Contains("Delete it"));
    }

    [Test]
    public void A_checkpoint_of_other_settings_is_refused()
    {
        using var first = new LineTask();
        Loop().Run(first);
        using var second = new LineTask();
        Assert.That(
            () => new TrainingLoop(Settings with { LearningRate = 0.1 }, 1, Checkpoint).Run(second), Throws.TypeOf<TrainingException>().With.Message.Contains("settings"));
    }

    [Test]
    public void The_optimizer_is_that_of_Torch()
    {
        using var scope = NewDisposeScope();
        using var task = new LineTask();
        var settings = Settings with { WarmUp = 0, WeightDecay = 0.1, GradientLimit = 1e9 };
        var leaf = nn.Parameter(task.Learned.Values.detach().clone());
        using var reference = optim.AdamW([leaf], lr: 1, beta1: 0.9, beta2: 0.99, weight_decay: 0);
        using var optimizer = new AdamW(task.Learned, settings with { WeightDecay = 0 });
        using var generator = new Generator(5);
        for (var step = 0; step < 10; step++)
        {
            var gradients = randn(task.Learned.Values.shape, generator: generator);
            task.Learned.Gradients.copy_(gradients);
            leaf.grad = gradients.clone();
            optimizer.Step(step);
            foreach (var group in reference.ParamGroups)
            {
                group.LearningRate = settings.RateAt(step);
            }

            reference.step();
        }

        Assert.That(task.Learned.Values.sub(leaf.detach()).abs().max().ToDouble(), Is.LessThan(1e-6));
    }

    [Test]
    public void Averages_are_in_place_only_while_they_are_asked_for()
    {
        using var task = new LineTask();
        Loop().Run(task);
        using var mode = no_grad();
        using var before = task.Learned.Values.clone();
        using (task.Learned.Averaged())
        {
            Assert.That(task.Learned.Values.sub(task.Learned.Averages).abs().max().ToDouble(), Is.Zero);
        }

        Assert.That(task.Learned.Values.sub(before).abs().max().ToDouble(), Is.Zero);
        Assert.That(task.Learned.Averages.sub(before).abs().max().ToDouble(), Is.GreaterThan(0));
    }

    private TrainingLoop Loop(string name = "checkpoint", TrainingSettings? settings = null) => new(settings ?? Settings, 1, Path.Combine(_folder, name + ".safetensors"));

    private static float[] Trained(LineTask task, TrainingLoop loop)
    {
        loop.Run(task);
        return task.Learned.Values.data<float>().ToArray();
    }
}
