using System.Text.Json.Nodes;
using SimServe.GpuBackend.Layers;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Folders that cannot be opened say why.</summary>
[Category("Golden")]
public sealed class PipelineFolderTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void CopyModel()
    {
        _folder = Directory.CreateTempSubdirectory("simserve-pipeline").FullName;
        Copy(Path.Combine(GoldenFolder.Location, "pipeline_sd_inpaint"), _folder);
    }

    [TearDown]
    public void DeleteModel() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void An_unsupported_pipeline_lists_the_supported_ones()
    {
        Change("model_index.json", static json => json["_class_name"] = "KolorsPipeline");
        Assert.That(Open, Throws.TypeOf<ModelFileException>().With.Message.Contains("KolorsPipeline").And.Message.Contains("StableDiffusionXLPipeline").And.Message.Contains("FluxPipeline"));
    }

    [Test]
    public void An_unsupported_part_lists_the_supported_ones()
    {
        Change("model_index.json", static json => json["vae"] = new JsonArray("diffusers", "AsymmetricAutoencoderKL"));
        Assert.That(Open, Throws.TypeOf<ModelFileException>().With.Message.Contains("\"vae\" is a AsymmetricAutoencoderKL; supported are AutoencoderKL"));
    }

    [Test]
    public void A_missing_part_is_named()
    {
        Change("model_index.json", static json => json.Remove("text_encoder"));
        Assert.That(Open, Throws.TypeOf<ModelFileException>().With.Message.Contains("needs a \"text_encoder\""));
    }

    [TestCase("unet")]
    [TestCase("vae")]
    [TestCase("tokenizer")]
    public void A_missing_folder_is_named(string part)
    {
        Directory.Delete(Path.Combine(_folder, part), recursive: true);
        Assert.That(Open, Throws.TypeOf<FileNotFoundException>().With.Message.Contains(part).And.Message.Contains("is missing"));
    }

    [TestCase("unet/diffusion_pytorch_model.safetensors")]
    [TestCase("unet/config.json")]
    [TestCase("scheduler/scheduler_config.json")]
    [TestCase("tokenizer/merges.txt")]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(Path.Combine(_folder, file));
        Assert.That(Open, Throws.TypeOf<FileNotFoundException>().With.Message.Contains(Path.GetDirectoryName(file)!));
    }

    [Test]
    public void Weights_of_another_model_are_refused_with_the_tensors_names()
    {
        File.Copy(Path.Combine(_folder, "vae", "diffusion_pytorch_model.safetensors"), Path.Combine(_folder, "unet", "diffusion_pytorch_model.safetensors"), overwrite: true);
        Assert.That(Open, Throws.TypeOf<ModelFileException>().With.Message.Contains("unet").And.Message.Contains("\"conv_in.weight\""));
    }

    [Test]
    public void An_unknown_scheduler_lists_the_known_ones() => Assert.That(
        () => PipelineFactory.Open(_folder, new PipelineOptions { Scheduler = "eular" }).Dispose(),
        Throws.TypeOf<ModelFileException>().With.Message.Contains("eular").And.Message.Contains("dpmpp-2m-karras"));

    [Test]
    public void A_model_larger_than_the_free_memory_is_refused_with_both_sizes()
    {
        var need = MemoryNeed.Of(ModelIndex.Open(_folder), new PipelineOptions { Optimisations = BackboneOptimisations.None });
        var files = Directory.GetFiles(_folder, "*.safetensors", SearchOption.AllDirectories).Where(static file => !file.EndsWith("io.safetensors", StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(need.Bytes, Is.EqualTo(files.Sum(static file => new FileInfo(file).Length)).Within(10).Percent);
            Assert.That(() => need.Check(need.Bytes * 2), Throws.Nothing);
            Assert.That(
                () => (need with { Bytes = 20L << 30 }).Check(11L << 30),
                Throws.TypeOf<NotEnoughMemoryException>().With.Message.Contains("20.0 GiB").And.Message.Contains("11.0 GiB are free").And.Message.Contains("--dtype bfloat16"));
        }
    }

    [Test]
    public void Copies_that_optimisations_make_of_weights_count_and_are_advised_against_where_only_they_do_not_fit()
    {
        var plain = MemoryNeed.Of(ModelIndex.Open(_folder), new PipelineOptions { Optimisations = BackboneOptimisations.None });
        var need = MemoryNeed.Of(ModelIndex.Open(_folder), new PipelineOptions { Optimisations = BackboneOptimisations.All });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.CopiedBytes, Is.Zero);
            Assert.That(need.CopiedBytes, Is.Positive.And.LessThan(plain.Bytes));
            Assert.That(need.Bytes, Is.EqualTo(plain.Bytes + need.CopiedBytes));
            Assert.That(() => need.Check((long)(plain.Bytes * 1.1) + 1), Throws.TypeOf<NotEnoughMemoryException>().With.Message.Contains("--optimise fused-geglu,text-kv-cache"));
        }
    }

    [Test]
    public void Torch_without_memory_is_told_from_its_other_faults()
    {
        var exhausted = Assert.Catch(static () => TorchSharp.torch.empty(1L << 50))!;
        var other = Assert.Catch(static () => TorchSharp.torch.ones(2).view(3))!;
        using var noise = new SeededNoise(1, 1);
        var request = new ImageRequest { Prompts = ["x"], Width = 8, Height = 16, Steps = 1, Guidance = 1, Noise = noise };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(NotEnoughMemoryException.IsBehind(exhausted), exhausted.Message);
            Assert.That(NotEnoughMemoryException.IsBehind(other), Is.False, other.Message);
            Assert.That(NotEnoughMemoryException.For(request, exhausted).Message, Does.Contain("8x16").And.Contain((4L << 50).ToString()));
        }
    }

    private void Open() => PipelineFactory.Open(_folder, new PipelineOptions()).Dispose();

    private void Change(string file, Action<JsonObject> change)
    {
        var path = Path.Combine(_folder, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from))
        {
            Copy(folder, Directory.CreateDirectory(Path.Combine(to, Path.GetFileName(folder))).FullName);
        }

        foreach (var file in Directory.GetFiles(from))
        {
            // Not File.Copy: the reference data may be read-only, and a copy of it then is too.
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), File.ReadAllBytes(file));
        }
    }
}
