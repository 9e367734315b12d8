using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

public sealed class ClipTextTests
{
    [TestCase("it's Bob's", "it|'s|bob|'s")]
    [TestCase("we'Ll'd", "we|'ll|'d")]
    [TestCase("!'s", "!'|s")]
    [TestCase("a1b22", "a|1|b|2|2")]
    [TestCase("x,y... <|endoftext|>,<|endoftext|>", "x|,|y|...|<|endoftext|>|,<||endoftext||>")]
    [TestCase("猫と犬", "猫|と|犬")]
    [TestCase("a\u200bb\u0000c\ud83d\ude00d", "abc|😀|d")]
    [TestCase("a\u00a0b\u2028c\r\nd", "a|b|c|d")]
    [TestCase("\ud835\udc00\ud835\udc01 b", "\ud835\udc00\ud835\udc01|b")]
    [TestCase("a\u0301\u0345b it'ſ", "á|b|it|'ſ")]
    [TestCase("E\u0301t\u00c9", "été")]
    public void A_text_falls_into_words(string text, string words)
    {
        ReadOnlySpan<char> rest = ClipText.Clean(text);
        List<string> got = [];
        while (!rest.IsEmpty)
        {
            var length = ClipText.WordLength(rest);
            if (length > 0)
            {
                got.Add(rest[..length].ToString());
            }

            rest = rest[Math.Max(1, length)..];
        }

        Assert.That(string.Join('|', got), Is.EqualTo(words));
    }
}
