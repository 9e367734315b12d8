using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClipTokenizerTests : IDisposable
{
    private const int Cat = 514;
    private const int Hi = 515;

    private readonly TokenizerFiles _files = TokenizerFiles.Clip();

    public void Dispose() => _files.Dispose();

    [Test]
    public void A_prompt_becomes_words_between_the_markers() => Assert.That(
        Open().Ids(" Hi\tCAT, cat "), Is.EqualTo(new[] { TokenizerFiles.Start, Hi, Cat, 256 + ',', Cat, TokenizerFiles.End }));

    [Test]
    public void Encode_pads_behind_the_end_token()
    {
        var tokens = Open().Encode("cat", 5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.Ids, Is.EqualTo(new[] { TokenizerFiles.Start, Cat, TokenizerFiles.End, TokenizerFiles.End, TokenizerFiles.End }));
            Assert.That(tokens.Mask, Is.EqualTo(new[] { 1, 1, 1, 0, 0 }));
            Assert.That(tokens.Truncated, Is.Empty);
            Assert.That(tokens.TruncatedText, Is.Empty);
        }
    }

    [Test]
    public void Encode_cuts_the_end_of_the_text_and_says_what_was_lost()
    {
        var tokens = Open().Encode("hi hi cat Über", 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokens.Ids, Is.EqualTo(new[] { TokenizerFiles.Start, Hi, Hi, TokenizerFiles.End }));
            Assert.That(tokens.Mask, Is.EqualTo(new[] { 1, 1, 1, 1 }));
            Assert.That(tokens.Truncated[0], Is.EqualTo(Cat));
            Assert.That(tokens.TruncatedText, Is.EqualTo("cat über"));
        }
    }

    [Test]
    public void A_length_without_room_for_the_markers_is_refused() => Assert.That(
        () => Open().Encode("cat", 1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void The_padding_token_may_be_another_and_is_then_found_in_the_text()
    {
        _files.Write("special_tokens_map.json", """{"pad_token": {"content": "!", "lstrip": false}}""");
        Assert.That(Open().Encode("cat!!", 6).Ids, Is.EqualTo(new[] { TokenizerFiles.Start, Cat, Bang, Bang, TokenizerFiles.End, Bang }));
    }

    [Test]
    public void Markers_in_the_text_are_tokens_whatever_their_case() => Assert.That(
        Open().Ids("<|startoftext|>cat<|ENDOFTEXT|> cat"),
        Is.EqualTo(new[] { TokenizerFiles.Start, TokenizerFiles.Start, Cat, TokenizerFiles.End, Cat, TokenizerFiles.End }));

    [Test]
    public void A_lone_surrogate_is_dropped() => Assert.That(Open().Ids("cat \ud800"), Is.EqualTo(Open().Ids("cat")));

    [TestCase("x")]
    [TestCase("cat ")]
    [TestCase("猫")]
    [TestCase("e\u0301\u0323")]
    [TestCase("Σ")]
    [TestCase("\u0301\u0323")]
    [TestCase("!'")]
    [TestCase(" ")]
    [MaxTime(30_000)]
    public void A_prompt_of_a_million_characters_takes_seconds_at_most(string pattern) => Assert.That(
        Open().Encode(string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length)), 77).Ids, Has.Count.EqualTo(77));

    [Test]
    public void Several_threads_get_the_same_tokens()
    {
        var tokenizer = Open();
        string[] texts = [.. Enumerable.Range(0, 2_000).Select(static i => $"hi cat {i % 100} abc{i}")];
        var alone = texts.Select(tokenizer.Ids).ToArray();
        Assert.That(texts.AsParallel().AsOrdered().Select(TokenizerFactory.Open(_files.Folder).Ids).ToArray(), Is.EqualTo(alone));
    }

    private const int Bang = 0x21;

    private ITokenizer Open() => TokenizerFactory.Open(_files.Folder);

}
