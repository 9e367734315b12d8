using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

public sealed class LowerCaseTests
{
    [TestCase("ABCÄÖÜ ẞ", "abcäöü ß")]
    [TestCase("İ", "i\u0307")]
    [TestCase("ΟΔΟΣ ΣΟΦΙΑ Σ", "οδος σοφια σ")]
    [TestCase("ΑΣ'Α ΑΣ' ΑΣ\u0301Α ΑΣ\u0301", "ασ'α ας' ασ\u0301α ας\u0301")]
    [TestCase("ΑΣⅭ ⅭΣ ⓐΣ", "ασⅽ ⅽς ⓐς")]
    [TestCase("\ud801\udc00", "\ud801\udc28")]
    [TestCase("ſK", "ſk")]
    public void A_text_folds_to_lower_case(string text, string lower) => Assert.That(LowerCase.Of(text), Is.EqualTo(lower));
}
