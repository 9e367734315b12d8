using SimServe.GpuBackend.Tokenizers;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Training;

public sealed class SceneTokenizersTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Each_word_of_a_caption_is_one_token([Values] bool clip)
    {
        var tokenizer = Open(clip);
        var source = new SceneSource(3, SceneSplit.HeldOut);
        var around = clip ? 2 : 1;
        var longest = 0;
        for (var index = 0; index < 500; index++)
        {
            var caption = SceneCaption.Full(source[index]);
            var ids = tokenizer.Ids(caption.Text);
            Assert.That(ids, Has.Count.EqualTo(caption.Words.Count() + around), caption.Text);
            longest = Math.Max(longest, ids.Count);
        }

        Assert.That(longest, Is.LessThanOrEqualTo(tokenizer.MaxLength));
    }

    [Test]
    public void Words_have_tokens_that_differ([Values] bool clip)
    {
        var tokenizer = Open(clip);
        var ids = SceneTokenizers.Words.Select(word => tokenizer.Ids(word)[clip ? 1 : 0]).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Is.Unique);
            Assert.That(ids, Is.All.InRange(0, (clip ? SceneTokenizers.ClipCount : SceneTokenizers.T5Count) - 1));
        }
    }

    [Test]
    public void Other_words_are_letters([Values] bool clip) => Assert.That(Open(clip).Ids("zebra"), Has.Count.GreaterThan(4));

    [Test]
    public void Every_word_of_the_scenes_is_in_the_list()
    {
        var words = Enumerable.Range(0, 500).SelectMany(static index => SceneCaption.Drawn(new SceneSource(4, SceneSplit.Train)[index], new RandomStream(index, "caption")).Words)
            .Select(static word => word.Text).Distinct();
        Assert.That(words, Is.EquivalentTo(SceneTokenizers.Words));
    }

    private ITokenizer Open(bool clip)
    {
        if (clip)
        {
            SceneTokenizers.WriteClip(_folder);
        }
        else
        {
            SceneTokenizers.WriteT5(_folder);
        }

        return TokenizerFactory.Open(_folder);
    }
}
