using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Serving;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>LoRAs through the serving loop on real workers, against the pipeline; the LoRAs of the golden cases among them.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class RealLoraTests : IDisposable
{
    private static readonly string[] GoldenFiles = GoldenAddOnModel.Loras("sd15");
    private static readonly AddOnOptions Synchronous = new();
    private static readonly AddOnOptions Bounded = new() { Loras = BoundedAsynchronousLoras.Name };

    private readonly TemporaryFolder _files = new();
    private readonly AddOnFolder _served;
    private readonly int _wrong;

    public RealLoraTests()
    {
        _wrong = GoldenFiles.Length;
        _served = new AddOnFolder(
            GoldenAddOnModel.Assemble(_files, "sd15"),
            [
                .. GoldenFiles.Select(static (file, number) => new LoraSource(file, number % 2 == 0 ? 1 : 0.6)),
                new LoraSource(_files.At("nowhere.safetensors")),
                new LoraSource(Corrupt()),
                new LoraSource(LoraFiles.Write(_files, "other", Path.Combine(GoldenFolder.Location, "pipeline_sdxl"), 0.4, "unet")),
            ],
            []);
    }

    private static IEnumerable<TestCaseData> GoldenCases() =>
    [
        .. GoldenFiles.Select(static (file, number) => new TestCaseData(new AdapterSet([], [number])).SetArgDisplayNames(Path.GetFileName(file))),
        new TestCaseData(new AdapterSet([], [0, GoldenFiles.Length - 1])).SetArgDisplayNames("two"),
    ];

    public void Dispose()
    {
        _served.Dispose();
        _files.Remove();
    }

    [TestCaseSource(nameof(GoldenCases))]
    public void Through_the_serving_loop_images_are_the_pipelines(AdapterSet adapters)
    {
        Request[] requests = [_served.Request(0, AdapterSet.None), _served.Request(1, adapters), _served.Request(2, AdapterSet.None, 0.001)];
        var (images, bounded) = (Images(Synchronous, requests), Images(Bounded, requests));
        using (Assert.EnterMultipleScope())
        {
            foreach (var request in requests)
            {
                Assert.That(Small.LargestLevels(images[request.Id], _served.Pipeline(request)), Is.LessThanOrEqualTo(1), $"{request.Id}");
                Assert.That(bounded[request.Id].Pixels.ToArray(), Is.EqualTo(images[request.Id].Pixels.ToArray()), $"a bound of 0 is synchronous, {request.Id}");
            }

            Assert.That(images[new RequestId(1)].Pixels.ToArray(), Is.Not.EqualTo(Images(Synchronous, [_served.Request(1, AdapterSet.None)])[new RequestId(1)].Pixels.ToArray()), "the LoRA matters");
        }
    }

    [Test]
    public void Weights_are_the_very_same_after_any_sequence()
    {
        var plain = Images(Synchronous, [_served.Request(0, AdapterSet.None)])[new RequestId(0)];
        Request[] mixed = [.. Enumerable.Range(1, 9).Select(number => _served.Request(number, number % 3 == 0 ? AdapterSet.None : new AdapterSet([], [number % 4, 4]), number * 0.01))];
        var last = _served.Request(0, AdapterSet.None, 0.3);
        var after = Images(Bounded with { LoraBound = 2 }, [.. mixed, last], loraBytesPerSecond: 3e6);
        Assert.That(after[last.Id].Pixels.ToArray(), Is.EqualTo(plain.Pixels.ToArray()));
    }

    [Test]
    public void A_late_lora_is_missing_in_the_first_steps_alone_and_never_beyond_its_bound()
    {
        var request = _served.Request(0, new AdapterSet([], [0]));
        var (slow, whole) = (2e5, Images(Synchronous, [request])[request.Id]);
        var late = _served.Serve(Bounded with { LoraBound = 2 }, [request], loraBytesPerSecond: slow);
        var never = Images(Synchronous, [_served.Request(0, AdapterSet.None)])[request.Id];
        var image = late.Images[request.Id];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(image.Pixels.ToArray(), Is.Not.EqualTo(whole.Pixels.ToArray()).And.Not.EqualTo(never.Pixels.ToArray()));
            Assert.That(late.Serving.Segments.Select(static segment => segment.Steps), Is.EqualTo(new[] { 2, 2 }), "two steps without, then the load is awaited");
            Assert.That(late.Serving.Records[0].AdapterWait, Is.GreaterThan(TimeSpan.Zero));
        }
    }

    [Test]
    public void Left_beside_the_weights_each_acts_on_its_own_requests_of_a_batch()
    {
        AdapterSet[] sets = [AdapterSet.None, new([], [0]), new([], [1]), new([], [0, 1])];
        Request[] requests = [.. Enumerable.Range(0, 8).Select(number => _served.Request(number, sets[number % sets.Length]))];
        var alone = Images(Synchronous, requests);
        var run = _served.Serve(new AddOnOptions { Loras = UnmergedLoras.Name }, requests, batch: 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Segments.Max(static segment => segment.Plan.Members.Select(static member => member.Loras ?? AdapterSet.None).Distinct().Count()), Is.GreaterThan(1), "the test means to mix them");
            foreach (var request in requests)
            {
                Assert.That(Small.LargestLevels(run.Images[request.Id], alone[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
            }
        }
    }

    [TestCase(BoundedAsynchronousLoras.Name, 1)]
    [TestCase(UnmergedLoras.Name, 4)]
    public void A_memory_that_keeps_nothing_has_what_is_in_use(string loras, int batch)
    {
        Request[] requests = [.. Enumerable.Range(0, 12).Select(number => _served.Request(number, new AdapterSet([], [number % 3]), number * 0.005))];
        var options = new AddOnOptions { Loras = loras };
        var alone = Images(Synchronous, requests);
        var run = _served.Serve(options, requests, batch: batch, keeps: false);
        Assert.That(run.Serving.Records.Select(static record => record.Failure), Has.All.Null);
        foreach (var request in requests)
        {
            Assert.That(Small.LargestLevels(run.Images[request.Id], alone[request.Id]), Is.LessThanOrEqualTo(1), $"{request.Id}");
        }
    }

    [TestCase(0, "nowhere.safetensors")]
    [TestCase(1, "corrupt.safetensors")]
    [TestCase(2, "other.safetensors")]
    [TestCase(9, "the LoRAs that are served")]
    public void One_that_cannot_be_used_fails_its_request_alone(int number, string reason)
    {
        var plain = Images(Synchronous, [_served.Request(0, AdapterSet.None)])[new RequestId(0)];
        Request[] requests = [_served.Request(0, AdapterSet.None), _served.Request(1, new AdapterSet([], [_wrong + number])), _served.Request(2, new AdapterSet([], [0]))];
        foreach (var options in new[] { Synchronous, Bounded with { LoraBound = 3 } })
        {
            var run = _served.Serve(options, requests);
            var records = run.Serving.Records.OrderBy(static record => record.Request.Id.Value).ToArray();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(records.Select(static record => record.Outcome), Is.EqualTo(new[] { RequestOutcome.Completed, RequestOutcome.Failed, RequestOutcome.Completed }));
                Assert.That(records[1].Failure, Does.Contain(reason));
                Assert.That(run.Images[new RequestId(0)].Pixels.ToArray(), Is.EqualTo(plain.Pixels.ToArray()));
                Assert.That(run.Serving.Faults, Is.Empty);
            }
        }
    }

    private IReadOnlyDictionary<RequestId, RgbImage> Images(AddOnOptions options, IReadOnlyList<Request> requests, double? loraBytesPerSecond = null)
    {
        var run = _served.Serve(options, requests, batch: 1, loraBytesPerSecond: loraBytesPerSecond);
        Assert.That(run.Serving.Records.Where(static record => record.Outcome != RequestOutcome.Completed).Select(static record => record.Failure), Is.Empty);
        return run.Images;
    }

    private string Corrupt()
    {
        var path = _files.At("corrupt.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(GoldenFiles[0])[..^1000]);
        return path;
    }
}
