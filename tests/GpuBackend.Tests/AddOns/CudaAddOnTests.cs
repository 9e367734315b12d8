using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using TorchSharp;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Add-ons on a GPU: ControlNets on a stream beside the U-Net's, LoRAs merged beside it.</summary>
[Category("Gpu")]
[NonParallelizable]
public sealed class CudaAddOnTests
{
    [OneTimeSetUp]
    public void NeedCuda() => GpuTests.SkipWithoutCuda();

    [Test]
    public void Streams_beside_the_worker_change_no_image()
    {
        var files = new TemporaryFolder();
        var loras = GoldenAddOnModel.Loras("sd15");
        using var served = new AddOnFolder(
            GoldenAddOnModel.Assemble(files, "sd15"),
            [new LoraSource(loras[0]), new LoraSource(loras[^1], 0.6)],
            [new ControlNetSource(GoldenAddOnModel.ControlNet(files, "controlnet_sd15")), new ControlNetSource(GoldenAddOnModel.ControlNet(files, "controlnet_multi_sd15"), 0.5)],
            new torch.Device(DeviceType.CUDA, 0));
        Request[] requests = [.. Enumerable.Range(0, 12).Select(number => served.Request(number, new AdapterSet(number % 3 == 0 ? [] : [number % 2], number % 4 == 0 ? [] : [number % 2]), number * 0.002))];
        var serial = served.Serve(new AddOnOptions(), requests);
        var beside = served.Serve(new AddOnOptions { Loras = BoundedAsynchronousLoras.Name, ControlNets = SharedControlNets.Name }, requests, devices: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(beside.Serving.Records.Select(static record => record.Failure), Has.All.Null);
            foreach (var request in requests)
            {
                Assert.That(Small.LargestLevels(beside.Images[request.Id], serial.Images[request.Id]), Is.LessThanOrEqualTo(2), $"{request.Id}");
            }
        }

        files.Remove();
    }
}
