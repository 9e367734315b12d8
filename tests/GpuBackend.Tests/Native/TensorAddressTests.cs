using SimServe.GpuBackend.Native;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.Native;

public sealed class TensorAddressTests
{
    [Test]
    public unsafe void The_address_of_a_tensor_is_that_of_its_first_element()
    {
        using var whole = torch.arange(12, dtype: torch.ScalarType.Float32).reshape(3, 4);
        using var rows = whole.narrow(0, 1, 2);
        using var columns = whole.narrow(1, 1, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((float*)TensorAddress.Of(whole))[5], Is.EqualTo(5));
            Assert.That(((float*)TensorAddress.Of(rows))[0], Is.EqualTo(4));
            Assert.That(() => TensorAddress.Of(columns), Throws.ArgumentException.With.Message.Contain("strides [4, 1]"));
        }
    }
}
