using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>ControlNets through the serving loop on real workers, against the pipeline that golden cases hold to diffusers.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class RealControlNetTests : IDisposable
{
    private static readonly string Folder = Path.Combine(GoldenFolder.Location, "pipeline_sd_controlnet");
    private static readonly string Net = Path.Combine(Folder, "controlnet");
    private static readonly AdapterSet One = new([0], []);
    private static readonly AdapterSet Two = new([0, 1], []);
    private static readonly AddOnOptions Serial = new();
    private static readonly AddOnOptions Shared = new() { ControlNets = SharedControlNets.Name };

    private readonly TemporaryFolder _files = new();
    private readonly AddOnFolder _served;

    public RealControlNetTests() => _served = new AddOnFolder(
        Folder,
        [],
        [
            new ControlNetSource(Net),
            new ControlNetSource(Net, 0.4),
            new ControlNetSource(_files.At("nowhere")),
            new ControlNetSource(Corrupt()),
            new ControlNetSource(Path.Combine(GoldenFolder.Repository(), "models", "demo-sd", "controlnet-edges")),
        ]);

    public void Dispose()
    {
        _served.Dispose();
        _files.Remove();
    }

    [Test]
    public void Through_the_serving_loop_images_are_the_pipelines([Values] bool two, [Values] bool onDevices)
    {
        var request = _served.Request(0, two ? Two : One);
        var served = Images(_served.Serve(onDevices ? Shared : Serial, [request], devices: onDevices ? 2 : 0));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Small.LargestLevels(served[request.Id], _served.Pipeline(request)), Is.LessThanOrEqualTo(1));
            Assert.That(served[request.Id].Pixels.ToArray(), Is.Not.EqualTo(Plain(0).Pixels.ToArray()), "the ControlNet matters");
        }
    }

    [Test]
    public void Devices_that_answer_in_time_change_nothing([Values(1, 3)] int batch)
    {
        Request[] requests = [.. Enumerable.Range(0, 4).Select(number => _served.Request(number, number % 2 == 0 ? One : Two))];
        var (serial, shared) = (Images(_served.Serve(Serial, requests, batch: batch)), Images(_served.Serve(Shared, requests, devices: 1, batch: batch, workers: 2)));
        foreach (var request in requests)
        {
            Assert.That(Small.LargestLevels(serial[request.Id], shared[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
        }
    }

    [Test]
    public void A_step_late_they_change_the_image_a_little()
    {
        var request = _served.Request(0, One);
        var serial = Images(_served.Serve(Serial, [request]))[request.Id];
        var stale = Images(_served.Serve(Shared with { ControlMode = ControlMode.OneStepStale }, [request], devices: 1))[request.Id];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stale.Pixels.ToArray(), Is.Not.EqualTo(serial.Pixels.ToArray()));
            Assert.That(ImageQuality.Ssim(stale, serial), Is.GreaterThan(ImageQuality.Ssim(Plain(0), serial)));
        }
    }

    [Test]
    public void A_memory_that_keeps_nothing_has_what_is_in_use([Values] bool onDevices)
    {
        Request[] requests = [.. Enumerable.Range(0, 12).Select(number => _served.Request(number, new AdapterSet([number % 2], []), number * 0.01))];
        var (options, devices) = onDevices ? (Shared, 1) : (Serial, 0);
        var (kept, forgotten) = (Images(_served.Serve(options, requests, devices)), Images(_served.Serve(options, requests, devices, keeps: false)));
        foreach (var request in requests)
        {
            Assert.That(Small.LargestLevels(forgotten[request.Id], kept[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
        }
    }

    [TestCase(2, "nowhere")]
    [TestCase(3, "diffusion_pytorch_model.safetensors")]
    [TestCase(4, "made for another model")]
    [TestCase(9, "the ControlNets that are served are 0 to 4")]
    public void One_that_cannot_be_used_fails_its_request_alone(int controlNet, string reason)
    {
        Request[] requests = [_served.Request(0, AdapterSet.None), _served.Request(1, new AdapterSet([controlNet], [])), _served.Request(2, One)];
        foreach (var (options, devices) in new[] { (Serial, 0), (Shared, 1) })
        {
            var run = _served.Serve(options, requests, devices);
            var records = run.Serving.Records.OrderBy(static record => record.Request.Id.Value).ToArray();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(records.Select(static record => record.Outcome), Is.EqualTo(new[] { RequestOutcome.Completed, RequestOutcome.Failed, RequestOutcome.Completed }));
                Assert.That(records[1].Failure, Does.Contain(reason));
                Assert.That(Small.LargestLevels(run.Images[new RequestId(0)], Plain(0)), Is.LessThanOrEqualTo(1));
                Assert.That(run.Serving.Faults, Is.Empty);
            }
        }
    }

    [TestCase(ControlNetRecovery.Fail)]
    [TestCase(ControlNetRecovery.Elsewhere)]
    [TestCase(ControlNetRecovery.Local)]
    public void A_device_that_is_lost_leaves_its_requests_to_the_policy(ControlNetRecovery recovery)
    {
        var requests = Enumerable.Range(0, 40).Select(number => _served.Request(number, One)).ToArray();
        var serial = Images(_served.Serve(Serial, requests));
        var run = _served.Serve(
            Shared with { ControlNetRecovery = recovery }, requests, devices: 2, faults: [new LostControlNetDevice(Instant.FromSeconds(0.15), 0), new LostControlNetDevice(Instant.FromSeconds(0.15), 1)]);
        var outcomes = run.Serving.Records.Select(static record => record.Outcome).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcomes, Has.Length.EqualTo(requests.Length));
            Assert.That(outcomes, recovery == ControlNetRecovery.Fail ? Has.Some.EqualTo(RequestOutcome.Failed) : Has.All.EqualTo(RequestOutcome.Completed));
            Assert.That(run.Serving.Faults, Is.Empty, "the worker is well");
            foreach (var (id, image) in run.Images)
            {
                Assert.That(Small.LargestLevels(image, serial[id]), Is.LessThanOrEqualTo(1), $"{id}");
            }
        }
    }

    private RgbImage Plain(int id) => Images(_served.Serve(Serial, [_served.Request(id, AdapterSet.None)]))[new RequestId(id)];

    private static IReadOnlyDictionary<RequestId, RgbImage> Images(RealRunResult run)
    {
        Assert.That(run.Serving.Records.Where(static record => record.Outcome != RequestOutcome.Completed).Select(static record => record.Failure), Is.Empty);
        return run.Images;
    }

    private string Corrupt()
    {
        var folder = Directory.CreateDirectory(_files.At("corrupt")).FullName;
        File.Copy(Path.Combine(Net, "config.json"), Path.Combine(folder, "config.json"));
        File.WriteAllBytes(Path.Combine(folder, "diffusion_pytorch_model.safetensors"), File.ReadAllBytes(Path.Combine(Net, "diffusion_pytorch_model.safetensors"))[..2000]);
        return folder;
    }
}
