using SimServe.GpuBackend.Tokenizers;

namespace SimServe.GpuBackend.Tests.Tokenizers;

public sealed class WordCacheTests
{
    [Test]
    public void A_word_is_found_again()
    {
        var cache = new WordCache();
        cache.Add("cat", [1, 2]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cache.Find("cat"), Is.EqualTo(new[] { 1, 2 }));
            Assert.That(cache.Find("ca"), Is.Null);
        }
    }

    [Test]
    public void It_never_holds_more_than_its_capacity()
    {
        var cache = new WordCache();
        var most = 0;
        for (var i = 0; i < 3 * WordCache.Capacity; i++)
        {
            cache.Add($"word{i}", [i]);
            most = Math.Max(most, cache.Count);
        }

        Assert.That(most, Is.EqualTo(WordCache.Capacity));
    }

    [Test]
    public void It_keeps_no_very_long_words()
    {
        var cache = new WordCache();
        cache.Add(new string('x', 10_000), [1]);
        Assert.That(cache.Count, Is.Zero);
    }
}
