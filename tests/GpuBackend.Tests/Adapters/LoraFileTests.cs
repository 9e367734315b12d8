using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tests.ModelFiles;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Adapters;

public sealed class LoraFileTests
{
    private const string Entry = "lora_adapter_metadata";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Remove();

    [Test]
    public void Alpha_comes_from_the_tensor_of_the_module_before_anything_else()
    {
        using var adapter = Open(
            new() { ["unet.a.lora_A.weight"] = ones(4, 3), ["unet.a.lora_B.weight"] = ones(2, 4), ["unet.a.alpha"] = tensor(2.0f, dtype: ScalarType.BFloat16) },
            """{"unet.lora_alpha": 100}""");
        Assert.That(adapter.Modules.Single(), Is.EqualTo(new LoraModule(ModelPart.Denoiser, "a", 4, 0.5) { Down = adapter.Modules[0].Down, Up = adapter.Modules[0].Up }));
    }

    [TestCase("{}", 1, 1, 1)]
    [TestCase("""{"unet.lora_alpha": 8}""", 2, 2, 1)]
    [TestCase("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"b.a": 2}}""", 2, 0.5, 1)]
    [TestCase("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"a": 2}}""", 0.5, 0.5, 1)]
    [TestCase("""{"unet.lora_alpha": 8, "unet.alpha_pattern": {"^a$": 2, "a": 4}}""", 0.5, 1, 1)]
    [TestCase("""{"unet.alpha_pattern": {"a": 2}, "text_encoder.lora_alpha": 12}""", 0.5, 0.5, 3)]
    [TestCase("""{"unet.lora_alpha": 8, "unet.use_rslora": true}""", 4, 4, 1)]
    [TestCase("""{"unet.lora_alpha": null, "lora_alpha": 8}""", 1, 1, 1)]
    public void Alpha_comes_from_the_metadata_of_the_model(string metadata, double a, double ba, double text)
    {
        using var adapter = Open(
            new()
            {
                ["unet.a.lora_A.weight"] = ones(4, 3), ["unet.a.lora_B.weight"] = ones(2, 4), ["unet.b.a.lora_A.weight"] = ones(4, 3), ["unet.b.a.lora_B.weight"] = ones(2, 4),
                ["text_encoder.a.lora_A.weight"] = ones(4, 3), ["text_encoder.a.lora_B.weight"] = ones(2, 4),
            },
            metadata);
        Assert.That(adapter.Modules.Select(static module => module.Factor), Is.EqualTo([a, ba, text]));
    }

    [Test]
    public void Settings_of_peft_stand_beside_its_file()
    {
        File.WriteAllText(_folder.At("adapter_config.json"), """{"r": 4, "lora_alpha": 8, "alpha_pattern": {}}""");
        Dictionary<string, Tensor> tensors = new() { ["base_model.model.a.lora_A.weight"] = ones(4, 3), ["base_model.model.a.lora_B.weight"] = ones(2, 4) };
        using var adapter = Open(tensors, null, "adapter_model.safetensors");
        using var other = Open(tensors, null, "other.safetensors");
        Assert.That((adapter.Modules[0].Factor, other.Modules[0].Factor), Is.EqualTo((2.0, 1.0)));
    }

    [TestCase("""{"unet.use_dora": true}""", "use_dora")]
    [TestCase("""{"unet.fan_in_fan_out": true}""", "fan_in_fan_out")]
    [TestCase("""{"unet.lora_alpha": "8"}""", "lora_alpha")]
    [TestCase("""{"unet.lora_alpha": 1e999}""", "lora_alpha")]
    [TestCase("""{"unet.alpha_pattern": {"(": 1}}""", "\"(\"")]
    [TestCase("""{"unet.alpha_pattern": {"(?=a)": 1}}""", "\"(?=a)\"")]
    [TestCase("""{"unet.alpha_pattern": {"a": true}}""", "\"a\"")]
    [TestCase("""{"unet.alpha_pattern": [1]}""", "alpha_pattern")]
    [TestCase("[]", "Array")]
    [TestCase("{", "JSON")]
    public void Metadata_that_cannot_be_honoured_is_refused(string metadata, string part) => Assert.That(
        () => Open(new() { ["unet.a.lora_A.weight"] = ones(4, 3), ["unet.a.lora_B.weight"] = ones(2, 4) }, metadata),
        Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains("lora.safetensors"));

    [Test]
    public void Every_faulty_key_is_named_with_its_file()
    {
        var fault = Assert.Throws<ModelFileException>(() => Open(new()
        {
            ["unet.good.lora_A.weight"] = ones(2, 3), ["unet.good.lora_B.weight"] = ones(3, 2), ["unet.lonely.lora_A.weight"] = ones(2, 3), ["unet.only.alpha"] = tensor(1.0),
            ["unet.ranks.lora_A.weight"] = ones(2, 3), ["unet.ranks.lora_B.weight"] = ones(3, 4), ["unet.flat.lora_A.weight"] = ones(2), ["unet.flat.lora_B.weight"] = ones(3, 2),
            ["unet.kernel.lora_A.weight"] = ones(2, 3, 1, 1), ["unet.kernel.lora_B.weight"] = ones(3, 2, 3, 3), ["unet.empty.lora_A.weight"] = ones(0, 3), ["unet.empty.lora_B.weight"] = ones(3, 0),
            ["unet.whole.lora_A.weight"] = ones(2, 3, dtype: ScalarType.Int32), ["unet.whole.lora_B.weight"] = ones(3, 2), ["unet.good.lora_down.weight"] = ones(2, 3),
            ["lora_unet_x.hada_w1_a"] = ones(2, 2), ["unet.nan.lora_A.weight"] = ones(2, 3), ["unet.nan.lora_B.weight"] = ones(3, 2), ["unet.nan.alpha"] = tensor(double.NaN),
            ["unet.many.lora_A.weight"] = ones(2, 3), ["unet.many.lora_B.weight"] = ones(3, 2), ["unet.many.alpha"] = ones(2),
        }))!.Message;
        string[] parts =
        [
            "lora.safetensors has 11 faults", "\"unet.lonely.lora_A.weight\" has no matching up matrix", "\"unet.only.alpha\" has no matching down matrix",
            "\"unet.ranks.lora_B.weight\" has rank 4, but the down matrix 2", "\"unet.flat.lora_A.weight\" is F32 [2]", "\"unet.kernel.lora_B.weight\" is F32 [3, 2, 3, 3]",
            "\"unet.empty.lora_A.weight\" is F32 [0, 3]", "\"unet.whole.lora_A.weight\" is I32 [2, 3]", "a second time", "LoHa", "\"unet.nan.alpha\" is NaN", "\"unet.many.alpha\" is F32 [2]",
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (var part in parts)
            {
                Assert.That(fault, Does.Contain(part));
            }
        }
    }

    [Test]
    public void A_file_without_pairs_is_refused() => Assert.That(() => Open([]), Throws.TypeOf<ModelFileException>().With.Message.Contains("no tensors"));

    [Test]
    public void Bytes_counts_the_matrices()
    {
        using var adapter = Open(new() { ["unet.a.lora_A.weight"] = ones(4, 3), ["unet.a.lora_B.weight"] = ones(2, 4, dtype: ScalarType.Float16), ["unet.a.alpha"] = tensor(1.0f) });
        Assert.That(adapter.Bytes, Is.EqualTo(64));
    }

    private LoraAdapter Open(Dictionary<string, Tensor> tensors, string? metadata = null, string name = "lora.safetensors")
    {
        SafetensorsWriter.Write(_folder.At(name), tensors, metadata is null ? null : new Dictionary<string, string> { [Entry] = metadata });
        return LoraFile.Open(_folder.At(name));
    }
}
