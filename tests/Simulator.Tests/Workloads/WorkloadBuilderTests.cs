using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class WorkloadBuilderTests
{
    private static readonly TokenGrid Grid = new(16, 16, 8);

    private static readonly WorkloadOptions Options = new()
    {
        Requests = 200,
        RequestsPerSecond = 2,
        Steps = 8,
        Templates = 20,
        TemplateZipfExponent = 1,
        Prompts = ["a hat", "a dog", "a red door"],
    };

    [Test]
    public void Same_seed_gives_the_same_requests_twice_in_one_process() =>
        Assert.That(Trace(Options, 11), Is.EqualTo(Trace(Options, 11)));

    [Test]
    public void Another_seed_gives_other_requests() =>
        Assert.That(Trace(Options, 12), Is.Not.EqualTo(Trace(Options, 11)));

    [Test]
    public void Requests_are_numbered_from_0_in_order_of_arrival()
    {
        var requests = new WorkloadBuilder(Options, Grid).Build(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(requests.Select(static request => request.Id.Value), Is.EqualTo(Enumerable.Range(0, 200)));
            Assert.That(requests.Select(static request => request.ArrivesAt.Ticks), Is.Ordered);
            Assert.That(requests.Select(static request => request.Steps), Is.All.EqualTo(8));
            Assert.That(requests.Select(static request => request.Template.Value), Is.All.InRange(0, 19));
        }
    }

    [Test]
    public void Every_property_has_a_stream_of_its_own()
    {
        var changed = new Dictionary<string, WorkloadOptions>
        {
            ["arrivals"] = Options with { RequestsPerSecond = 3 },
            ["masks"] = Options with { MaskRatios = "inpaint" },
            ["templates"] = Options with { Templates = 7, TemplateZipfExponent = 0 },
            ["prompts"] = Options with { Prompts = ["a cat", "a car"] },
        };
        using (Assert.EnterMultipleScope())
        {
            foreach (var (property, options) in changed)
            {
                Assert.That(Differences(options), Is.EqualTo(new[] { property }));
            }
        }
    }

    [Test]
    public void A_longer_workload_begins_with_the_shorter_one() =>
        Assert.That(Trace(Options with { Requests = 300 }, 11)[..200], Is.EqualTo(Trace(Options, 11)));

    [Test]
    public void Faults_are_told_all_at_once()
    {
        var faulty = new WorkloadOptions
        {
            Requests = 0,
            RequestsPerSecond = double.NaN,
            MaskRatios = "prod",
            Steps = 0,
            Templates = 0,
            TemplateZipfExponent = -1,
            Prompts = [],
        };
        Assert.That(
            () => new WorkloadBuilder(faulty, Grid),
            Throws.ArgumentException.With.Message.Contains("Requests is 0 but must be at least 1.")
                .And.Message.Contains("RequestsPerSecond is NaN")
                .And.Message.Contains("'prod' is not a distribution of mask ratios.")
                .And.Message.Contains("Steps is 0")
                .And.Message.Contains("Templates is 0")
                .And.Message.Contains("TemplateZipfExponent is -1")
                .And.Message.Contains("Prompts is empty"));
    }

    private static string[] Trace(WorkloadOptions options, long seed) =>
        [.. new WorkloadBuilder(options, Grid).Build(seed).Select(static request => string.Join('|', Properties(request).Select(static pair => pair.Value)))];

    private static string[] Differences(WorkloadOptions options)
    {
        var before = new WorkloadBuilder(Options, Grid).Build(11);
        var after = new WorkloadBuilder(options, Grid).Build(11);
        return [.. before.Zip(after)
            .SelectMany(static pair => Properties(pair.First).Zip(Properties(pair.Second)))
            .Where(static pair => pair.First != pair.Second)
            .Select(static pair => pair.First.Name)
            .Distinct()];
    }

    private static (string Name, string Value)[] Properties(Request request) =>
    [
        ("arrivals", $"{request.ArrivesAt.Ticks}"),
        ("masks", string.Join(',', request.Mask.Tokens(masked: true))),
        ("templates", $"{request.Template}"),
        ("prompts", request.Prompt),
        ("seeds", $"{request.Seed}"),
    ];
}
