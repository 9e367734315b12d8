using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Tests.Adapters;
using SimServe.GpuBackend.Tests.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using AdapterSet = SimServe.Policies.AdapterSet;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>Real workers that fetch popular adapters while nobody asks for any.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class PopularAddOnTests : IDisposable
{
    // What storage takes for an adapter, and less than that by far.
    private const double Seconds = 0.5;
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(Seconds / 2);

    // Number of the LoRA whose file is cut short.
    private const int Spoilt = 2;

    private readonly TemporaryFolder _files = new();
    private readonly AddOnFolder _served;
    private readonly string _lora;
    private readonly string _net;

    public PopularAddOnTests()
    {
        var model = GoldenAddOnModel.Assemble(_files, "sd15");
        (_lora, _net) = (LoraFiles.Write(_files, "a", model, 0.4, "unet"), GoldenAddOnModel.ControlNet(_files, "controlnet_sd15"));
        var spoilt = _files.At("spoilt.safetensors");
        File.WriteAllBytes(spoilt, File.ReadAllBytes(_lora)[..^100]);
        _served = new AddOnFolder(
            model,
            [new LoraSource(_lora), new LoraSource(LoraFiles.Write(_files, "b", model, 0.4, "unet")), new LoraSource(spoilt)],
            [new ControlNetSource(_net), new ControlNetSource(_net, 0.5)]);
    }

    public void Dispose()
    {
        _served.Dispose();
        _files.Remove();
    }

    [TestCase(NoPrefetch.Name, 3)]
    [TestCase(PopularAdapters.Name, 1)]
    public void A_popular_lora_is_in_host_memory_before_its_next_request_although_another_drove_it_out(string prefetch, int misses)
    {
        // Workers keep no weights, and the host one LoRA.
        using var library = _served.Library(new LoraLibraryOptions { HostBytes = BytesOf(_lora) });
        Request[] requests = [Lora(0, 0, 0), Lora(1, 0, 0.3), Lora(2, 1, 0.6), Lora(3, 0, 1.2)];
        var run = Serve(library, prefetch, requests, workers: 1, keeps: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Failures(run), Has.All.Null);
            Assert.That(library.Misses, Is.EqualTo(misses), "the popular one comes when it is first sent here, and once more when the other, which is not popular, has driven it out");
            Assert.That(library.KeptBytes, Is.LessThanOrEqualTo(BytesOf(_lora)));
        }
    }

    [Test]
    public void What_another_worker_used_is_merged_already_when_it_is_asked_for()
    {
        // Two LoRAs change places at two workers.
        Request[] requests = [Lora(0, 0, 0), Lora(1, 1, 0.01), Lora(2, 1, 3), Lora(3, 0, 3.01)];
        var (none, popular) = (Slowly(NoPrefetch.Name, requests), Slowly(PopularAdapters.Name, requests));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(none), Has.All.GreaterThan(Little));
            Assert.That(Waits(popular)[2..], Has.All.LessThan(Little));
            AssertAlike(popular, none, requests);
        }
    }

    [Test]
    public void ControlNets_come_ahead_too_where_workers_run_them()
    {
        Request[] requests = [Net(0, 0, 0), Net(1, 1, 0.01), Net(2, 1, 3), Net(3, 0, 3.01)];
        var (none, popular) = (Slowly(NoPrefetch.Name, requests), Slowly(PopularAdapters.Name, requests));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Waits(none)[2..], Has.All.GreaterThan(Little));
            Assert.That(Waits(popular)[2..], Has.All.LessThan(Little));
            AssertAlike(popular, none, requests);
        }
    }

    [Test]
    public void A_spoilt_one_that_is_popular_fails_only_those_who_use_it()
    {
        Request[] requests = [Lora(0, Spoilt, 0), Lora(1, 0, 0.01), Lora(2, Spoilt, 0.3), Lora(3, 0, 0.31), Lora(4, 9, 0.6), Lora(5, 1, 0.61)];
        using var library = _served.Library(new LoraLibraryOptions());
        var run = Serve(library, PopularAdapters.Name, requests, workers: 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Serving.Faults, Is.Empty);
            Assert.That(Failures(run).Select(static failure => failure is null), Is.EqualTo(new[] { false, true, false, true, false, true }));
            Assert.That(new[] { Failures(run)[0], Failures(run)[2] }, Has.All.Contains("spoilt.safetensors"));
            Assert.That(Failures(run)[4], Does.Contain("the LoRAs that are served"));
        }
    }

    private Request Lora(int id, int lora, double seconds) => _served.Request(id, new AdapterSet([], [lora]), seconds);

    private Request Net(int id, int net, double seconds) => _served.Request(id, new AdapterSet([net], []), seconds);

    private RealRunResult Slowly(string prefetch, Request[] requests)
    {
        using var library = _served.Library(new LoraLibraryOptions { BytesPerSecond = new FileInfo(_lora).Length / Seconds });
        return Serve(library, prefetch, requests, workers: 2);
    }

    private RealRunResult Serve(LoraLibrary library, string prefetch, Request[] requests, int workers, bool keeps = true) => _served.Serve(
        library,
        new PolicyOptions { AddOns = new AddOnOptions { Prefetch = prefetch }, MaxBatchSize = 1, Pipeline = "strawman", Routing = RoundRobin.Name },
        requests,
        workers: workers,
        keeps: keeps,
        controlNetBytesPerSecond: new FileInfo(Directory.GetFiles(_net, "*.safetensors").Single()).Length / Seconds);

    private static void AssertAlike(RealRunResult run, RealRunResult other, Request[] requests)
    {
        foreach (var request in requests)
        {
            Assert.That(run.Images[request.Id].Pixels.ToArray(), Is.EqualTo(other.Images[request.Id].Pixels.ToArray()), $"{request.Id}");
        }
    }

    private static TimeSpan[] Waits(RealRunResult run) => [.. Records(run).Select(static record => record.AdapterWait)];

    private static string?[] Failures(RealRunResult run) => [.. Records(run).Select(static record => record.Failure)];

    private static IEnumerable<RequestRecord> Records(RealRunResult run) => run.Serving.Records.OrderBy(static record => record.Request.Id.Value);

    private static long BytesOf(string lora)
    {
        using var adapter = LoraFile.Open(lora);
        return adapter.Bytes;
    }
}
