using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

public sealed class AddedTokensTests
{
    private static readonly AddedTokens Tokens = new(
    [
        new AddedToken("<a>", 1), new AddedToken("<a>>", 2), new AddedToken("<eats>", 3, EatsLeft: true, EatsRight: true), new AddedToken("!", 4),
    ]);

    [TestCase("x", "[x]")]
    [TestCase("", "")]
    [TestCase("<a>", "1")]
    [TestCase("x <a> y", "[x ] 1 [ y]")]
    [TestCase("<a>><a>", "2 1")]
    [TestCase("x  <eats>  y", "[x] 3 [y]")]
    [TestCase(" <eats> <eats> <a> ", "3 3 1 [ ]")]
    [TestCase("!!x<b>", "4 4 [x<b>]")]
    public void A_text_is_cut_at_added_tokens(string text, string pieces)
    {
        List<string> got = [];
        List<int> ids = [];
        Tokens.Encode(text, ids, (piece, list) =>
        {
            Flush(list, got);
            got.Add($"[{piece}]");
        });
        Flush(ids, got);
        Assert.That(string.Join(' ', got), Is.EqualTo(pieces));
    }

    [Test]
    public void A_special_token_without_a_number_is_named() => Assert.That(
        () => AddedTokens.Of([], ["<pad>"], static _ => null, "vocab.json"), Throws.TypeOf<ModelFileException>().With.Message.Contains("'<pad>'"));

    private static void Flush(List<int> ids, List<string> got)
    {
        got.AddRange(ids.Select(static id => $"{id}"));
        ids.Clear();
    }
}
