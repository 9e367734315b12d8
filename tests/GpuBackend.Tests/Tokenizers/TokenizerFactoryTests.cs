using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TokenizerFactoryTests : IDisposable
{
    private readonly TokenizerFiles _files = TokenizerFiles.Clip();

    public void Dispose() => _files.Dispose();

    [TestCase("CLIPTokenizer")]
    [TestCase("CLIPTokenizerFast")]
    public void The_class_in_the_configuration_chooses_the_tokenizer(string name)
    {
        _files.Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}", "model_max_length": 33}""");
        Assert.That(TokenizerFactory.Open(_files.Folder).MaxLength, Is.EqualTo(33));
    }

    [Test]
    public void A_missing_folder_is_named() => Assert.That(
        () => TokenizerFactory.Open("nowhere"), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("nowhere"));

    [TestCase("tokenizer_config.json")]
    [TestCase("vocab.json")]
    [TestCase("merges.txt")]
    public void A_missing_file_is_named(string file)
    {
        _files.Delete(file);
        Assert.That(
            () => TokenizerFactory.Open(_files.Folder),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains(file).And.Message.Contains(_files.Folder));
    }

    [Test]
    public void A_missing_sentencepiece_model_is_named()
    {
        _files.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer"}""");
        Assert.That(() => TokenizerFactory.Open(_files.Folder), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("spiece.model"));
    }

    [TestCase("not a model")]
    [TestCase("")]
    public void A_damaged_sentencepiece_model_is_refused(string content)
    {
        _files.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer"}""");
        _files.Write("spiece.model", content);
        AssertRefused("spiece.model");
    }

    [TestCase("tokenizer_config.json", """{"tokenizer_class": "BertTokenizer"}""", "BertTokenizer", "CLIPTokenizer, CLIPTokenizerFast, T5Tokenizer, T5TokenizerFast")]
    [TestCase("tokenizer_config.json", "{}", "tokenizer_class", "CLIPTokenizer")]
    [TestCase("tokenizer_config.json", "[1]", "Array", "object")]
    [TestCase("tokenizer_config.json", """{"tokenizer_class": "CLIPTokenizer", "model_max_length": 0}""", "model_max_length", "from 1")]
    [TestCase("tokenizer_config.json", """{"tokenizer_class": "CLIPTokenizer", "added_tokens_decoder": {"x": {}}}""", "'x'", "added_tokens_decoder")]
    [TestCase("tokenizer_config.json", """{"tokenizer_class": "CLIPTokenizer", "added_tokens_decoder": 3}""", "added_tokens_decoder", "object")]
    [TestCase("tokenizer_config.json", """{"tokenizer_class": "CLIPTokenizer", "pad_token": "<none>"}""", "<none>", "vocab.json")]
    [TestCase("special_tokens_map.json", "{", "special_tokens_map.json", "JSON")]
    [TestCase("vocab.json", """{"a": 1, "b": -1}""", "'b'", "-1")]
    [TestCase("merges.txt", "#version: 0.2\nc a\nq u\n", "line 3", "'qu'")]
    [TestCase("merges.txt", "#version: 0.2\nc a t\n", "line 2", "two tokens")]
    public void A_faulty_file_is_refused(string file, string content, string found, string allowed)
    {
        _files.Write(file, content);
        AssertRefused(file == "special_tokens_map.json" ? file : found, allowed);
    }

    private void AssertRefused(params string[] says)
    {
        var fault = Assert.Throws<ModelFileException>(() => TokenizerFactory.Open(_files.Folder));
        using (Assert.EnterMultipleScope())
        {
            foreach (var part in says)
            {
                Assert.That(fault!.Message, Does.Contain(part));
            }
        }
    }
}
