using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>What a served model takes of its folder, and folders that cannot be served.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FluxFolderTests : IDisposable
{
    private readonly TinyFluxFolder _folder = new();

    [Test]
    public void A_default_that_is_no_number_is_refused_by_name()
    {
        var index = _folder.PathOf("model_index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"_default_size\":64", "\"_default_size\":64,\"_default_steps\":\"many\"", StringComparison.Ordinal));
        Assert.That(() => PipelineFactory.Open(_folder.Location, new PipelineOptions()), Throws.TypeOf<ModelFileException>().With.Message.Contains("_default_steps").And.Message.Contains("many"));
    }

    [Test]
    public void Sizes_come_from_the_folders_files()
    {
        var config = FluxFolder.Read(_folder.Location + Path.DirectorySeparatorChar);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Name, Is.EqualTo("tiny-flux"));
            Assert.That(config.Grid, Is.EqualTo(new TokenGrid(8, 8, 8)));
            Assert.That(config.TextTokens, Is.EqualTo(SceneTokenizers.T5Length));
            Assert.That((config.Transformer.DoubleBlocks, config.Transformer.SingleBlocks, config.Transformer.InChannels), Is.EqualTo((2, 2, 8)));
            Assert.That(config.Shift, Is.EqualTo(1.5));
            Assert.That(config.ToShape().Name, Is.EqualTo("tiny-flux"));
            Assert.That(FluxFolder.Read(_folder.Location), Is.EqualTo(config));
        }
    }

    [Test]
    public void Every_part_counts_in_the_memory_that_it_needs()
    {
        var config = FluxFolder.Read(_folder.Location);
        var files = Directory.GetFiles(_folder.Location, "*.safetensors", SearchOption.AllDirectories).Sum(static file => new FileInfo(file).Length);
        var need = DeviceMemory.Of([config], new ServingSize { Workers = 1, BatchSize = 1, Templates = 1, Steps = 1 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(need.Weights, Is.EqualTo(files).Within(10).Percent);
            Assert.That(need.Activations, Is.GreaterThan(6 * 64 * 64 * 8 * sizeof(float)));
        }
    }

    [Test]
    public void Other_files_make_another_model()
    {
        var config = FluxFolder.Read(_folder.Location);
        File.SetLastWriteTimeUtc(_folder.PathOf("vae/diffusion_pytorch_model.safetensors"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.That(FluxFolder.Read(_folder.Location), Is.Not.EqualTo(config));
    }

    [Test]
    public void A_pipeline_of_another_class_is_named()
    {
        _folder.WriteIndex("StableDiffusionXLPipeline");
        Assert.That(Read, Throws.TypeOf<ModelFileException>().With.Message.Contains("StableDiffusionXLPipeline").And.Message.Contains("none of the Flux family"));
    }

    [TestCase("vae/config.json")]
    [TestCase("scheduler/scheduler_config.json")]
    [TestCase("model_index.json")]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(_folder.PathOf(file));
        Assert.That(Read, Throws.TypeOf<FileNotFoundException>().With.Message.Contains(Path.GetFileName(file)));
    }

    [Test]
    public void Missing_weights_are_named_when_the_model_is_opened()
    {
        var config = FluxFolder.Read(_folder.Location);
        File.Delete(_folder.PathOf("text_encoder_2/model.safetensors"));
        Assert.That(() => FluxFolder.Open(config, 0), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("text_encoder_2"));
    }

    [TestCase(null, null, 64)]
    [TestCase(null, 96, 96)]
    [TestCase(32, 96, 32)]
    public void The_size_of_images_is_the_pipelines_else_the_autoencoders_else_64(int? pipeline, int? autoencoder, int side)
    {
        Set("model_index.json", "_default_size", pipeline);
        Set("vae/config.json", "sample_size", autoencoder);
        var grid = FluxFolder.Read(_folder.Location).Grid;
        Assert.That(grid, Is.EqualTo(new TokenGrid(side / 8, side / 8, 8)));
    }

    [TestCase("model_index.json", "_default_size")]
    [TestCase("vae/config.json", "sample_size")]
    public void A_size_that_is_none_is_named_with_its_file(string file, string key)
    {
        Set("model_index.json", "_default_size", null);
        Set(file, key, 0);
        Assert.That(Read, Throws.TypeOf<ModelFileException>().With.Message.Contains(file).And.Message.Contains(key).And.Message.Contains("at least 1"));
        Set(file, key, 60);
        Assert.That(Read, Throws.TypeOf<ModelFileException>().With.Message.Contains(file).And.Message.Contains($"\"{key}\" is 60").And.Message.Contains("multiple of 8"));
    }

    [Test]
    public void Sizes_are_known_without_weights()
    {
        var whole = FluxFolder.Read(_folder.Location).ToShape().Sizes;
        foreach (var file in Directory.GetFiles(_folder.Location, "*.safetensors", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        Assert.That(FluxFolder.Read(_folder.Location).ToShape().Sizes, Is.EqualTo(whole).And.StartsWith("8x8 tokens of 8 pixels, "));
    }

    [Test]
    public void Dynamic_shifting_is_refused_with_the_reason()
    {
        _folder.Write("scheduler/scheduler_config.json", new { _class_name = "FlowMatchEulerDiscreteScheduler", use_dynamic_shifting = true });
        Assert.That(Read, Throws.TypeOf<ModelFileException>().With.Message.Contains("\"use_dynamic_shifting\"").And.Message.Contains("noise levels are fixed"));
    }

    [TestCase("transformer/config.json", "in_channels", "Channels is 12 but must be 8")]
    [TestCase("model_index.json", "_default_size", "multiple of 8")]
    [TestCase("tokenizer_2/tokenizer_config.json", "model_max_length", "model_max_length")]
    public void Parts_that_do_not_fit_are_told(string file, string key, string said)
    {
        Set(file, key, key == "model_max_length" ? null : 12);
        Assert.That(Read, Throws.TypeOf<ModelFileException>().With.Message.Contains(said));
    }

    public void Dispose() => _folder.Dispose();

    private void Read() => FluxFolder.Read(_folder.Location);

    // A number of a file; null takes the key away.
    private void Set(string file, string key, int? value)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_folder.PathOf(file)))!.AsObject();
        json.Remove(key);
        if (value is { } number)
        {
            json[key] = number;
        }

        File.WriteAllText(_folder.PathOf(file), json.ToJsonString());
    }
}
