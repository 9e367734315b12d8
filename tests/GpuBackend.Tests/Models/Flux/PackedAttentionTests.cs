using SimServe.GpuBackend.Models.Flux;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Models.Flux;

/// <summary>Attention against a loop that is too plain to be wrong.</summary>
public sealed class PackedAttentionTests
{
    private const int Heads = 2;
    private const int Channels = 16;

    [Test]
    public void Attention_over_own_and_extra_rows_equals_a_plain_loop()
    {
        using var scope = torch.NewDisposeScope();
        // Two members: 6 text rows each, 5 and 2 image rows, 7 and 0 extra rows.
        var rotary = Small.Model.ImageRotary;
        var layout = new PassLayout(
            0, Small.Model.TextRotary, [rotary.narrow(0, 0, 5), rotary.narrow(0, 20, 2)], [rotary.narrow(0, 5, 7), rotary.narrow(0, 0, 0)]);
        var (query, key, value) = (Random(19), Random(19), Random(19));
        var (extraKey, extraValue) = (Random(7), Random(7));
        var extraKeys = RotaryTable.Rotate(extraKey, layout.ExtraRotary!);
        var result = PackedAttention.Run(layout, (query, key, value), (extraKeys, extraValue));
        var (queries, keys) = (RotaryTable.Rotate(query, layout.SequenceRotary), RotaryTable.Rotate(key, layout.SequenceRotary));
        var first = Loop(queries.narrow(0, 0, 11), torch.cat([keys.narrow(0, 0, 11), extraKeys]), torch.cat([value.narrow(0, 0, 11), extraValue]));
        var second = Loop(queries.narrow(0, 11, 8), keys.narrow(0, 11, 8), value.narrow(0, 11, 8));
        Assert.That(Small.LargestDifference(Values(result), [.. first, .. second]), Is.Not.NaN.And.LessThan(1e-5));
    }

    private static float[] Loop(torch.Tensor queries, torch.Tensor keys, torch.Tensor values)
    {
        var (query, key, value) = (Values(queries), Values(keys), Values(values));
        var (rows, columns, width) = ((int)queries.shape[0], (int)keys.shape[0], Heads * Channels);
        var result = new float[query.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var head = 0; head < Heads; head++)
            {
                var weights = Enumerable.Range(0, columns).Select(k => Math.Exp(Enumerable.Range(head * Channels, Channels)
                    .Sum(c => (double)query[(row * width) + c] * key[(k * width) + c]) / Math.Sqrt(Channels))).ToArray();
                for (var c = head * Channels; c < (head + 1) * Channels; c++)
                {
                    result[(row * width) + c] = (float)(Enumerable.Range(0, columns).Sum(k => weights[k] * value[(k * width) + c]) / weights.Sum());
                }
            }
        }

        return result;
    }

    private static torch.Tensor Random(int rows) => torch.randn(rows, Heads, Channels);

    private static float[] Values(torch.Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
