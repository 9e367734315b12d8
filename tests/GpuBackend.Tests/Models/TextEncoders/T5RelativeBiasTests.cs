using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.TextEncoders;

public sealed class T5RelativeBiasTests
{
    // Key before query: classes 0 to 15; after it: 16 to 31. Up to 7 each distance has its own, from 128 on all share the last.
    [TestCase(0, 0)]
    [TestCase(-1, 1)]
    [TestCase(-7, 7)]
    [TestCase(-8, 8)]
    [TestCase(-11, 8)]
    [TestCase(-12, 9)]
    [TestCase(-91, 15)]
    [TestCase(-90, 14)]
    [TestCase(-128, 15)]
    [TestCase(-199, 15)]
    [TestCase(1, 17)]
    [TestCase(7, 23)]
    [TestCase(12, 25)]
    [TestCase(199, 31)]
    public void A_distance_has_the_bias_of_its_class(int distance, int bucket)
    {
        const int Tokens = 200;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var weights = WeightStore.Seeded(7, ScalarType.Float32, CPU);
        var bias = new T5RelativeBias(weights.Root, T5EncoderConfig.Read(ConfigFile.Parse("tiny", """{"num_heads": 2}""")));
        var query = distance < 0 ? Tokens - 1 : 0;
        var got = bias.Of(Tokens)[0, 1, query, query + distance];
        Assert.That(got.ToDouble(), Is.EqualTo(weights.All["weight"].Value[bucket, 1].ToDouble()));
    }
}
