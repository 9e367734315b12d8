using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training;

/// <summary>How the U-Net's text encoder learns to sum captions up.</summary>
public sealed class SdTextTaskTests
{
    [Test]
    public void It_learns_what_captions_say_and_untrained_it_knows_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("simserve-text").FullName;
        try
        {
            SceneTokenizers.WriteClip(folder);
            var config = ClipTextConfig.Read(ConfigFile.Parse("tiny", """
                { "vocab_size": 1, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "max_position_embeddings": 32, "hidden_act": "quick_gelu" }
                """)) with { Vocabulary = SceneTokenizers.ClipCount, EndToken = SceneTokenizers.ClipCount - 1 };
            using var clip = new ClipTextModel(config, WeightStore.ToTrain(1, ScalarType.Float32, CPU));
            var settings = new TrainingSettings { Steps = 400, Batch = 64, LearningRate = 0.006, WarmUp = 20, CheckpointEvery = 400, AverageDecay = 0.95 };
            var plan = new TrainingPlan
            {
                Seed = 1, TrainScenes = 2048, JudgedScenes = 1, Vae = settings, Text = settings, Judge = settings, Transformer = settings,
            };
            using var task = new SdTextTask(clip, TokenizerFactory.Open(folder), plan, settings.Batch);
            Assert.That(task.Validate(), Is.LessThan(5), "a tenth of captions say nothing, and even of those it knows nothing");
            var points = new TrainingLoop(settings, 1, Path.Combine(folder, "checkpoint.safetensors")).Run(task);
            Assert.That(points[^1].Validation, Is.GreaterThan(60));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
