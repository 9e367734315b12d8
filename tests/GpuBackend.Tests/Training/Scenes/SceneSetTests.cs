using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Training.Scenes;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Training.Scenes;

public sealed class SceneSetTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("simserve-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Pictures_are_those_of_the_painter()
    {
        using var scope = NewDisposeScope();
        using var set = SceneSet.Open(_folder, 3, SceneSplit.Train, 5);
        var pixels = set.Pixels([4]).add(1).mul(127.5).round().to(ScalarType.Byte).squeeze(0).permute(1, 2, 0).contiguous();
        Assert.That(pixels.data<byte>().ToArray(), Is.EqualTo(ScenePainter.Paint(new SceneSource(3, SceneSplit.Train)[4]).Pixels.ToArray()));
    }

    [Test]
    public void A_mean_over_the_first_scenes_takes_as_many_as_there_are([Values(3, 5, 100)] int most)
    {
        using var set = SceneSet.Open(_folder, 3, SceneSplit.Train, 5);
        var mean = set.Mean(most, 2, static chosen => tensor(chosen.Select(static index => (float)index).ToArray()).mean());
        Assert.That(mean, Is.EqualTo(Enumerable.Range(0, Math.Min(most, 5)).Average()).Within(1e-6));
    }

    [Test]
    public void What_is_there_is_not_painted_again()
    {
        SceneSet.Open(_folder, 3, SceneSplit.Train, 5).Dispose();
        var file = Directory.EnumerateFiles(_folder).Single();
        var written = File.GetLastWriteTimeUtc(file);
        SceneSet.Open(_folder, 3, SceneSplit.Train, 5).Dispose();
        Assert.That(File.GetLastWriteTimeUtc(file), Is.EqualTo(written));
    }

    [Test]
    public void A_file_cut_short_is_refused_by_name([Values(1, 1000, 61_000)] int missing)
    {
        SceneSet.Open(_folder, 3, SceneSplit.Train, 5).Dispose();
        var file = Directory.EnumerateFiles(_folder).Single();
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(stream.Length - missing);
        }

        Assert.That(() => SceneSet.Open(_folder, 3, SceneSplit.Train, 5), Throws.TypeOf<ModelFileException>().With.Message.Contains(Path.GetFileName(file)));
    }
}
