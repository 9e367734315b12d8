using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class T5TokenizerTests : IDisposable
{
    // Numbers: padding 0, end 1, unknown 2, "▁" 3, "▁cat" 4, "s" 5, "a" 6, sentinels from 7 (99) to 106 (0).
    private readonly TokenizerFiles _files = TokenizerFiles.T5("identity", "▁", "▁cat", "s", "a");

    public void Dispose() => _files.Dispose();

    [TestCase("", new[] { 1 })]
    [TestCase("  ", new[] { 1 })]
    [TestCase("cats  a", new[] { 4, 5, 3, 6, 1 })]
    [TestCase("sxyzs", new[] { 3, 5, 2, 5, 1 })]
    [TestCase("x<unk>x", new[] { 3, 2, 2, 3, 2, 1 })]
    [TestCase("cat <extra_id_0> s", new[] { 4, 106, 3, 5, 1 })]
    [TestCase("cat<extra_id_99>", new[] { 4, 7, 1 })]
    [TestCase("cat</s>", new[] { 4, 1 })]
    public void A_prompt_becomes_pieces_and_an_end_token(string text, int[] ids) => Assert.That(Open().Ids(text), Is.EqualTo(ids));

    [Test]
    public void Encode_pads_behind_the_end_token()
    {
        var tokens = Open().Encode("cats", 5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.Ids, Is.EqualTo(new[] { 4, 5, 1, 0, 0 }));
            Assert.That(tokens.Mask, Is.EqualTo(new[] { 1, 1, 1, 0, 0 }));
        }
    }

    [Test]
    public void Encode_cuts_the_end_of_the_text_and_says_what_was_lost()
    {
        var tokens = Open().Encode("cat cats as", 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.Ids, Is.EqualTo(new[] { 4, 1 }));
            Assert.That(tokens.Truncated, Is.EqualTo(new[] { 4, 5, 3, 6, 5 }));
            Assert.That(tokens.TruncatedText, Is.EqualTo("cats as"));
        }
    }

    [Test]
    public void Control_characters_stay_without_a_normalization_that_deletes_them() =>
        Assert.That(Open().Ids("a\u0001s"), Is.EqualTo(new[] { 3, 6, 2, 5, 1 }));

    [Test]
    public void Control_characters_are_deleted_by_the_normalization_of_published_models()
    {
        using var files = TokenizerFiles.T5("nmt_nfkc", "▁", "▁cat", "s", "a");
        Assert.That(TokenizerFactory.Open(files.Folder).Ids("cat\u000bs \u0001 a\u009f"), Is.EqualTo(new[] { 4, 5, 3, 6, 1 }));
    }

    [Test]
    public void Listed_added_tokens_replace_the_usual_ones()
    {
        _files.Write("tokenizer_config.json", """
            {"tokenizer_class": "T5TokenizerFast", "model_max_length": 1000000000000000019884624838656,
             "added_tokens_decoder": {"50": {"content": "<new>", "lstrip": true, "rstrip": false}}}
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Open().Ids("cat <new> s"), Is.EqualTo(new[] { 4, 50, 3, 5, 1 }));
            Assert.That(Open().MaxLength, Is.EqualTo(int.MaxValue));
        }
    }

    [TestCase("x")]
    [TestCase("cat ")]
    [TestCase("<extra_id_")]
    [TestCase("<")]
    [MaxTime(30_000)]
    public void A_prompt_of_a_million_characters_takes_seconds_at_most(string pattern) => Assert.That(
        Open().Encode(string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length)), 512).Ids, Has.Count.EqualTo(512));

    private ITokenizer Open() => TokenizerFactory.Open(_files.Folder);
}
