using SimServe.GpuBackend.Layers;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.Layers;

public sealed class AttentionTests
{
    [Test]
    public void Learning_in_bfloat16_attends_as_everything_else_does([Values] bool masked)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var rows = randn([2, 3, 9, 8], generator: generator).to(ScalarType.BFloat16);
        var mask = masked ? randn([9, 9], generator: generator).mul(3).to(ScalarType.BFloat16) : null;
        var exact = Attention.Of(rows.to(ScalarType.Float32), rows.to(ScalarType.Float32), rows.to(ScalarType.Float32), mask?.to(ScalarType.Float32));
        var learning = rows.detach().requires_grad_(true);
        var made = Attention.Of(learning, learning, learning, mask);
        made.to(ScalarType.Float32).square().sum().backward();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.to(ScalarType.Float32).sub(exact).abs().max().item<float>(), Is.LessThan(0.05));
            Assert.That(learning.grad!.to(ScalarType.Float32).isfinite().all().item<bool>(), Is.True);
            Assert.That(learning.grad!.to(ScalarType.Float32).abs().max().item<float>(), Is.Positive);
        }
    }
}
