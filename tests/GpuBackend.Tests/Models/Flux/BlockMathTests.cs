using SimServe.GpuBackend.Models.Flux;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Models.Flux;

/// <summary>Attention against a loop that is too plain to be wrong.</summary>
public sealed class BlockMathTests
{
    [Test]
    public void Attention_over_own_and_extra_rows_equals_a_plain_loop()
    {
        const int Heads = 2, Channels = 16;
        using var scope = torch.NewDisposeScope();
        var pass = new PassLayout(Small.Config, 0, [Small.Model.ImageRotary.narrow(0, 0, 5)], [Small.Model.ImageRotary.narrow(0, 5, 7)]);
        var query = torch.randn(11, Heads, Channels);
        var (key, value) = (torch.randn(11, Heads, Channels), torch.randn(11, Heads, Channels));
        var (extraKey, extraValue) = (torch.randn(7, Heads, Channels), torch.randn(7, Heads, Channels));
        var result = BlockMath.Attend(pass, [query], [key], [value], (extraKey, extraValue))[0];
        var expected = Loop(Values(query), Values(torch.cat([key, extraKey])), Values(torch.cat([value, extraValue])), Heads, Channels);
        Assert.That(Small.LargestDifference(Values(result), expected), Is.LessThan(1e-5));
    }

    private static float[] Loop(float[] query, float[] key, float[] value, int heads, int channels)
    {
        var (rows, keys, width) = (query.Length / heads / channels, key.Length / heads / channels, heads * channels);
        var result = new float[query.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var head = 0; head < heads; head++)
            {
                var weights = Enumerable.Range(0, keys).Select(k => Math.Exp(Enumerable.Range(head * channels, channels)
                    .Sum(c => (double)query[(row * width) + c] * key[(k * width) + c]) / Math.Sqrt(channels))).ToArray();
                for (var c = head * channels; c < (head + 1) * channels; c++)
                {
                    result[(row * width) + c] = (float)(Enumerable.Range(0, keys).Sum(k => weights[k] * value[(k * width) + c]) / weights.Sum());
                }
            }
        }

        return result;
    }

    private static float[] Values(torch.Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
