using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

/// <summary>The cases of Unicode Standard Annex 15 and of NormalizationTest.txt that differ in kind.</summary>
public sealed class CanonicalCompositionTests
{
    [TestCase("plain", "plain")]
    [TestCase("e\u0301", "\u00e9")]
    [TestCase("\u212b", "\u00c5", Description = "a singleton")]
    [TestCase("s\u0307\u0323", "\u1e69", Description = "marks out of order")]
    [TestCase("a\u0315\u0300\u05ae\u0300b", "\u00e0\u05ae\u0300\u0315b", Description = "a second mark of one class is blocked")]
    [TestCase("\u0958", "\u0915\u093c", Description = "excluded from composition")]
    [TestCase("\u1100\u1161\u11a8", "\uac01", Description = "Hangul")]
    [TestCase("\uac00\u11a8", "\uac01", Description = "Hangul, half composed")]
    [TestCase("\u0344", "\u0308\u0301", Description = "a mark that decomposes")]
    [TestCase("\u0301e", "\u0301e", Description = "a mark without a base")]
    [TestCase("\u09c7\u09be", "\u09cb", Description = "a second character of class 0")]
    [TestCase("\ud834\udd5e", "\ud834\udd57\ud834\udd65", Description = "outside the first plane")]
    public void A_text_is_composed(string text, string composed) => Assert.That(CanonicalComposition.Compose(text), Is.EqualTo(composed));
}
