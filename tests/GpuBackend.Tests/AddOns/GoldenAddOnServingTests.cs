using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>The LoRAs and ControlNets of the golden cases through the serving loop, for the models that they were made for.</summary>
[TestFixture("sd15")]
[TestFixture("sdxl")]
[TestFixture("flux")]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class GoldenAddOnServingTests : IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly string[] _loras;
    private readonly AddOnFolder _served;
    private readonly int _controlNets;

    public GoldenAddOnServingTests(string family)
    {
        string[] nets = family switch
        {
            "sd15" => ["controlnet_sd15", "controlnet_multi_sd15"],
            "sdxl" => ["controlnet_sdxl"],
            _ => [],
        };
        (_loras, _controlNets) = (GoldenAddOnModel.Loras(family), nets.Length);
        _served = new AddOnFolder(
            GoldenAddOnModel.Assemble(_files, family),
            [.. _loras.Select(static (file, number) => new LoraSource(file, number % 2 == 0 ? 1 : 0.6))],
            [.. nets.Select((net, number) => new ControlNetSource(GoldenAddOnModel.ControlNet(_files, net), number == 0 ? 1 : 0.5))]);
    }

    public void Dispose()
    {
        _served.Dispose();
        _files.Remove();
    }

    [Test]
    public void Every_image_is_the_pipelines()
    {
        AdapterSet[] sets =
        [
            AdapterSet.None,
            .. Enumerable.Range(0, _loras.Length).Select(static lora => new AdapterSet([], [lora])),
            new AdapterSet([], [0, _loras.Length - 1]),
            .. Enumerable.Range(0, _controlNets).Select(static net => new AdapterSet([net], [])),
            new AdapterSet([.. Enumerable.Range(0, _controlNets)], [1]),
        ];
        Request[] requests = [.. sets.Select((set, number) => _served.Request(number, set))];
        var served = _served.Serve(new AddOnOptions { Loras = BoundedAsynchronousLoras.Name, ControlNets = SharedControlNets.Name }, requests, devices: 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(served.Serving.Records.Select(static record => record.Failure), Has.All.Null);
            foreach (var request in requests)
            {
                Assert.That(Small.LargestLevels(served.Images[request.Id], _served.Pipeline(request)), Is.LessThanOrEqualTo(1), $"{request.Adapters}");
                Assert.That(request.Adapters.IsEmpty || !served.Images[request.Id].Pixels.SequenceEqual(_served.Pipeline(request with { Adapters = AdapterSet.None }).Pixels), $"{request.Adapters} matters");
            }
        }
    }
}
