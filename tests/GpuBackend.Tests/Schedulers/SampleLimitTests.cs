using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Schedulers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Schedulers;

public sealed class SampleLimitTests
{
    [Test]
    public void Clipping_cuts_at_the_range() =>
        Assert.That(Apply("""{ "clip_sample_range": 2 }""", -3, -1, 0.5, 4), Is.EqualTo(new[] { -2, -1, 0.5, 2 }));

    [Test]
    public void Clipping_is_on_unless_switched_off() => Assert.That(
        (SampleLimit.Read(Config("{}"), clips: true) is not null, SampleLimit.Read(Config("""{ "clip_sample": false }"""), clips: true), SampleLimit.Read(Config("{}"), clips: false)),
        Is.EqualTo((true, (SampleLimit?)null, (SampleLimit?)null)));

    [Test]
    public void Thresholding_divides_by_the_quantile_of_the_sizes() => Assert.That(
        Apply("""{ "thresholding": true, "dynamic_thresholding_ratio": 0.75, "sample_max_value": 10 }""", -8, 4, 2, 0, 1),
        Is.EqualTo(new[] { -1, 1, 0.5, 0, 0.25 }).Within(1e-6));

    [TestCase(10, new[] { -1, 0.2, 0.1, 0, 0.3 }, new[] { -1, 0.2, 0.1, 0, 0.3 })]
    [TestCase(2, new[] { -8.0, 4, 2, 0, 1 }, new[] { -1, 1, 1, 0, 0.5 })]
    public void The_quantile_lies_between_one_and_the_largest_value(double largest, double[] clean, double[] expected) => Assert.That(
        Apply($$"""{ "thresholding": true, "dynamic_thresholding_ratio": 0.75, "sample_max_value": {{largest}} }""", clean),
        Is.EqualTo(expected).Within(1e-6));

    [Test]
    public void Thresholding_treats_each_sample_of_a_batch_alone()
    {
        using var scope = NewDisposeScope();
        var batch = tensor(new[,] { { 4.0f, 2 }, { 0.5f, 0.25f } });
        var limit = SampleLimit.Read(Config("""{ "thresholding": true, "dynamic_thresholding_ratio": 0.999, "sample_max_value": 10 }"""), clips: false)!;
        Assert.That(limit.Apply(batch).data<float>().ToArray(), Is.EqualTo(new[] { 1, 0.5, 0.5, 0.25 }).Within(1e-3));
    }

    private static double[] Apply(string json, params double[] clean)
    {
        using var scope = NewDisposeScope();
        var limited = SampleLimit.Read(Config(json), clips: true)!.Apply(tensor(clean).reshape(1, -1));
        return limited.data<double>().ToArray();
    }

    private static ConfigFile Config(string json) => ConfigFile.Parse("test.json", json);
}
