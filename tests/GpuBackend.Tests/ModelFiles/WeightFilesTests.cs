using SimServe.GpuBackend.ModelFiles;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.ModelFiles;

public sealed class WeightFilesTests
{
    private const string Index = "model.safetensors.index.json";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteShards()
    {
        _folder = new TemporaryFolder();
        WriteShard("one.safetensors", "a", 1);
        WriteShard("two.safetensors", "b", 2);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Remove();

    [TestCase(Index)]
    [TestCase("diffusion_pytorch_model.safetensors.index.json")]
    [TestCase("diffusion_pytorch_model.safetensors.index.fp16.json")]
    public void A_folder_with_an_index_gives_the_tensors_of_all_shards(string index)
    {
        WriteIndex("""{ "metadata": { "total_size": 8 }, "weight_map": { "a": "one.safetensors", "b": "two.safetensors" } }""", index);
        using var files = WeightFiles.Open(_folder.Location);
        using var b = files.Read("b");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(files.Names, Is.EquivalentTo(["a", "b"]));
            Assert.That((files.Has("a"), files.Has("c"), files.Entry("a").Count), Is.EqualTo((true, false, 1L)));
            Assert.That(b[0].ToSingle(), Is.EqualTo(2));
            Assert.That(() => files.Read("c"), Throws.TypeOf<ModelFileException>().With.Message.Contains("\"c\"").And.Message.Contains(index));
        }
    }

    [Test]
    public void A_shard_may_be_a_link_as_in_the_download_cache()
    {
        File.Move(_folder.At("one.safetensors"), _folder.At("blob"));
        File.CreateSymbolicLink(_folder.At("one.safetensors"), "blob");
        WriteIndex("""{ "weight_map": { "a": "one.safetensors" } }""");
        using var files = WeightFiles.Open(_folder.At(Index));
        Assert.That(files.Names, Is.EqualTo(["a"]));
    }

    [TestCase("/etc/one.safetensors")]
    [TestCase("../one.safetensors")]
    [TestCase("sub/one.safetensors")]
    [TestCase("..\\\\one.safetensors")]
    [TestCase("C:one.safetensors")]
    [TestCase("one.safetensors\\u0000.safetensors")]
    [TestCase(".safetensors")]
    [TestCase("one.bin")]
    [TestCase("")]
    public void A_shard_outside_the_folder_is_refused_by_name(string shard)
    {
        WriteIndex($$"""{ "weight_map": { "a": "{{shard}}" } }""");
        Assert.That(() => WeightFiles.Open(_folder.Location), Throws.TypeOf<ModelFileException>().With.Message.Contains("\"a\"").And.Message.Contains(Index));
    }

    [TestCase("""{ "weight_map": { "a": 1 } }""", "\"a\"")]
    [TestCase("""{ "weight_map": { "a": null } }""", "\"a\"")]
    [TestCase("""{ "weight_map": { "b": "one.safetensors" } }""", "\"b\" is not in")]
    [TestCase("""{ "weight_map": { "a": "one.safetensors", "a": "two.safetensors" } }""", "'a'")]
    [TestCase("""{ "weight_map": {}, "weight_map": { "a": "one.safetensors" } }""", "weight_map")]
    [TestCase("""{ "weight_map": ["one.safetensors"] }""", "weight_map")]
    [TestCase("{}", "weight_map")]
    [TestCase("""{ "weight_map": { "\ud800": "one.safetensors" } }""", "JSON")]
    [TestCase("""{ "weight_map": { "a": "one.safetensors" }""", "JSON")]
    [TestCase("", "JSON")]
    public void A_faulty_index_is_refused_by_name(string json, string part)
    {
        WriteIndex(json);
        Assert.That(() => WeightFiles.Open(_folder.Location), Throws.TypeOf<ModelFileException>().With.Message.Contains(part).And.Message.Contains(Index));
    }

    [Test]
    public void A_missing_shard_is_named_with_its_index()
    {
        WriteIndex("""{ "weight_map": { "a": "one.safetensors", "c": "three.safetensors" } }""");
        Assert.That(() => WeightFiles.Open(_folder.Location), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("three.safetensors").And.Message.Contains(Index));
    }

    [Test]
    public void A_damaged_shard_is_named()
    {
        File.WriteAllBytes(_folder.At("two.safetensors"), [1, 2, 3]);
        WriteIndex("""{ "weight_map": { "a": "one.safetensors", "b": "two.safetensors" } }""");
        Assert.That(() => WeightFiles.Open(_folder.Location), Throws.TypeOf<ModelFileException>().With.Message.Contains("two.safetensors"));
    }

    [Test]
    public void A_folder_without_weights_says_what_was_looked_for() => Assert.That(
        () => WeightFiles.Open(_folder.Location), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("model.safetensors").And.Message.Contains(_folder.Location));

    private void WriteIndex(string json, string name = Index) => File.WriteAllText(_folder.At(name), json);

    private void WriteShard(string file, string name, float value)
    {
        using var values = full(1, value);
        SafetensorsWriter.Write(_folder.At(file), new Dictionary<string, Tensor> { [name] = values });
    }
}
