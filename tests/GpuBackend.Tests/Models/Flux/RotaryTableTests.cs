using SimServe.GpuBackend.Models.Flux;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Models.Flux;

public sealed class RotaryTableTests
{
    [Test]
    public void A_rotation_keeps_every_length()
    {
        using var heads = torch.randn(64, 2, 16);
        using var factors = Small.Model.ImageRotary.alias();
        using var rotated = RotaryTable.Rotate(heads, factors);
        Assert.That(Largest(rotated.square().sum(-1) - heads.square().sum(-1)), Is.Not.NaN.And.LessThan(1e-4));
    }

    [Test]
    public void A_product_depends_on_the_distance_of_two_tokens_only()
    {
        using var query = torch.randn(1, 1, 16).expand(64, 1, 16).contiguous();
        using var key = torch.randn(1, 1, 16).expand(64, 1, 16).contiguous();
        using var factors = Small.Model.ImageRotary.alias();
        using var products = (RotaryTable.Rotate(query, factors).squeeze(1)).matmul(RotaryTable.Rotate(key, factors).squeeze(1).t());
        // One row down and two columns right, from three places of the 8x8 grid.
        float[] same = [products[0, 10].item<float>(), products[9, 19].item<float>(), products[37, 47].item<float>()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(same.Max() - same.Min(), Is.Not.NaN.And.LessThan(1e-4f));
            Assert.That(Math.Abs(products[0, 20].item<float>() - same[0]), Is.GreaterThan(1e-4f));
        }
    }

    [Test]
    public void Each_pair_turns_by_its_own_angle()
    {
        using var heads = torch.ones(64, 1, 16);
        using var factors = Small.Model.ImageRotary.alias();
        using var rotated = RotaryTable.Rotate(heads, factors);
        // Token 19 stands in row 2, column 3; channels 4..9 turn with the row. The second pair there turns by 2 * 10000^(-2/6).
        var angle = 2 * Math.Pow(10_000, -2.0 / 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rotated[19, 0, 6].item<float>(), Is.EqualTo(Math.Cos(angle) - Math.Sin(angle)).Within(1e-5));
            Assert.That(rotated[19, 0, 7].item<float>(), Is.EqualTo(Math.Sin(angle) + Math.Cos(angle)).Within(1e-5));
            Assert.That(rotated[19, 0, 0].item<float>(), Is.EqualTo(1f));
        }
    }

    [Test]
    public void Coordinates_may_be_any_numbers_and_angles_are_exact_to_float32()
    {
        using var ids = torch.tensor([0.5f, -3, 70_000.25f], [1, 3]);
        using var factors = RotaryTable.Of(ids, new RotaryAxes(2, 2, 4));
        double[] angles = [0.5, -3, 70_000.25, 70_000.25 / 100];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(factors.real.data<float>().ToArray(), Is.EqualTo(angles.Select(static angle => (float)Math.Cos(angle))).Within(1e-7));
            Assert.That(factors.imag.data<float>().ToArray(), Is.EqualTo(angles.Select(static angle => (float)Math.Sin(angle))).Within(1e-7));
        }
    }

    private static double Largest(torch.Tensor tensor) => tensor.abs().max().item<float>();
}
