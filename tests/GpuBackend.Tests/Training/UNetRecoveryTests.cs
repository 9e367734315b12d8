using System.Text.Json.Nodes;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Training;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>A slim U-Net learns again from the demo model that it was cut from.</summary>
public sealed class UNetRecoveryTests
{
    private const int Kept = 16;

    private static readonly string Demo = Path.Combine(GoldenFolder.Repository(), "models", "demo-sd");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-recovery-");

    private static RecoveryOptions Options => new()
    {
        Settings = new TrainingSettings { Steps = 6, Batch = 4, LearningRate = 0.002, WarmUp = 1, AverageDecay = 0.5, CheckpointEvery = 3 },
        Scenes = 32,
        JudgedScenes = 16,
    };

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [TestCase(true)]
    [TestCase(false)]
    public void A_cut_model_gets_better_and_the_teacher_stays_better(bool distils)
    {
        Cut();
        using var recovery = new UNetRecovery(Demo, Slim, Work("whole"), Options with { Distils = distils, Settings = Options.Settings with { Steps = 12, LearningRate = 0.0003 } });
        var result = recovery.Run();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Points.Select(static point => point.Step), Is.EqualTo(new[] { 3, 6, 9, 12 }));
            Assert.That(result.After, Is.LessThan(result.Before));
            Assert.That(result.Teacher, distils ? Is.LessThan(result.After) : Is.NaN);
        }
    }

    [Test]
    public void An_interrupted_recovery_goes_on_to_the_same_weights()
    {
        Cut();
        var whole = Learned(Work("whole"), null);
        using (var source = new CancellationTokenSource())
        {
            Assert.That(() => Learned(Work("parts"), new StopAt(source, 3), source.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        var parts = Learned(Work("parts"), null);
        Assert.That(parts, Is.EqualTo(whole).AsCollection);
    }

    [Test]
    public void The_checkpoint_of_another_recovery_is_refused()
    {
        Cut();
        Learned(Work("one"), null);
        using var other = new UNetRecovery(Demo, Slim, Work("one"), Options with { Seed = 2 });
        Assert.That(() => other.Run(), Throws.TypeOf<TrainingException>());
    }

    private string Slim => Path.Combine(_folder.FullName, "unet");

    private string Work(string name) => Path.Combine(_folder.FullName, name);

    private float[] Learned(string work, ITrainingObserver? observer, CancellationToken cancellation = default)
    {
        using var recovery = new UNetRecovery(Demo, Slim, work, Options);
        recovery.Run(observer, cancellation);
        using var scope = NewDisposeScope();
        return [.. recovery.Weights()["down_blocks.0.resnets.0.conv1.weight"].contiguous().data<float>()];
    }

    // The first residual block loses half of its channels, of each of its norm's 16 groups one of two.
    private void Cut()
    {
        const string Block = "down_blocks.0.resnets.0";
        Directory.CreateDirectory(Slim);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Demo, "unet", "config.json")))!.AsObject();
        config[LayerWidths.Key] = new JsonObject { [Block] = Kept };
        File.WriteAllText(Path.Combine(Slim, "config.json"), config.ToJsonString());
        using var scope = NewDisposeScope();
        using var weights = WeightFiles.Open(Path.Combine(Demo, "unet"));
        var units = tensor([.. Enumerable.Range(0, Kept).Select(static unit => 2L * unit)]);
        SafetensorsWriter.Write(Path.Combine(Slim, "diffusion_pytorch_model.safetensors"), weights.Names.ToDictionary(static name => name, name => name switch
        {
            $"{Block}.conv2.weight" => weights.Read(name).index_select(1, units),
            $"{Block}.conv1.weight" or $"{Block}.conv1.bias" or $"{Block}.time_emb_proj.weight" or $"{Block}.time_emb_proj.bias" or $"{Block}.norm2.weight" or $"{Block}.norm2.bias" => weights.Read(name).index_select(0, units),
            _ => weights.Read(name),
        }));
    }

    private sealed class StopAt(CancellationTokenSource source, int step) : ITrainingObserver
    {
        public void Begun(TrainingTask task, int step, int steps)
        {
        }

        public void Checkpointed(TrainingTask task, TrainingPoint point, RgbImage? picture)
        {
            if (point.Step == step)
            {
                source.Cancel();
            }
        }
    }
}
