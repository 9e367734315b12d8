using SimServe.GpuBackend.Models.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Models.UNets;

public sealed class ControlResidualsTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Sum_adds_each_tensor_and_owns_the_result(int nets)
    {
        using var scope = NewDisposeScope();
        ControlResiduals[] parts = [.. Enumerable.Range(1, nets).Select(static i => Of(i, 10 * i, 100 * i))];
        var sum = ControlResiduals.Sum(parts);
        Array.ForEach(parts, static part => part.Dispose());
        var factor = nets * (nets + 1) / 2;
        Assert.That(
            sum.Down.Append(sum.Mid).Select(static tensor => tensor.ToSingle()), Is.EqualTo(new float[] { factor, 10 * factor, 100 * factor }));
    }

    [Test]
    public void Sum_leaves_its_parts_as_they_were()
    {
        using var scope = NewDisposeScope();
        var first = Of(1, 2, 3);
        ControlResiduals.Sum([first, Of(4, 5, 6), Of(7, 8, 9)]);
        Assert.That(first.Down.Append(first.Mid).Select(static tensor => tensor.ToSingle()), Is.EqualTo(new float[] { 1, 2, 3 }));
    }

    [Test]
    public void Sum_refuses_nets_of_different_structure_and_none_at_all()
    {
        using var scope = NewDisposeScope();
        var other = new ControlResiduals([tensor(1f)], tensor(1f));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ControlResiduals.Sum([Of(1, 2, 3), other]), Throws.ArgumentException.With.Message.Contains("2, 1"));
            Assert.That(() => ControlResiduals.Sum([]), Throws.ArgumentException);
        }
    }

    private static ControlResiduals Of(float first, float second, float mid) => new([tensor(first), tensor(second)], tensor(mid));
}
