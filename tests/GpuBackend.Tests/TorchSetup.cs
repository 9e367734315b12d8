using TorchSharp;

namespace SimServe.GpuBackend.Tests;

/// <summary>One Torch thread: tests of tiny tensors spend their time on waking threads otherwise.</summary>
[SetUpFixture]
public sealed class TorchSetup
{
    [OneTimeSetUp]
    public void UseOneThread()
    {
        GpuBackend.Native.LibTorch.Load();
        torch.set_num_threads(1);
    }
}
