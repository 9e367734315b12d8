using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Pipelines;
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
    public void Streams_beside_the_worker_change_no_image([Values] bool isPair)
    {
        var files = new TemporaryFolder();
        var loras = GoldenAddOnModel.Loras("sd15");
        var folder = GoldenAddOnModel.Assemble(files, "sd15");
        using var served = new AddOnFolder(
            folder,
            [new LoraSource(loras[0]), new LoraSource(loras[^1], 0.6)],
            [new ControlNetSource(GoldenAddOnModel.ControlNet(files, "controlnet_sd15")), new ControlNetSource(GoldenAddOnModel.ControlNet(files, "controlnet_multi_sd15"), 0.5)],
            new torch.Device(DeviceType.CUDA, 0));
        using var second = isPair && torch.cuda.device_count() > 1 ? ServedFolder.Open(ServedFolder.Read(folder), 0, new torch.Device(DeviceType.CUDA, 1)) : null;
        Request[] requests = [.. Enumerable.Range(0, 12).Select(number => served.Request(number, new AdapterSet(number % 3 == 0 ? [] : [number % 2], number % 4 == 0 ? [] : [number % 2]), number * 0.002))];
        var serial = served.Serve(new AddOnOptions(), requests);
        var beside = served.Serve(new AddOnOptions { Loras = BoundedAsynchronousLoras.Name, ControlNets = SharedControlNets.Name }, requests, devices: 1, pair: isPair ? new BranchPair { Other = second } : null);
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
