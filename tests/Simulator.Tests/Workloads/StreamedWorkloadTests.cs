using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>Requests that are drawn one by one.</summary>
public sealed class StreamedWorkloadTests
{
    private static readonly TokenGrid Grid = new(16, 16, 8);

    private static readonly WorkloadOptions Options = new()
    {
        Requests = 200,
        RequestsPerSecond = 2,
        Templates = 20,
        TemplateZipfExponent = 1,
        Prompts = ["a hat", "a dog"],
        StepChoices = [new StepChoice(20, 1), new StepChoice(50, 3)],
        Classes = [new ClassShare("paid", 1, 10, 5), new ClassShare("free", 3, Masks: "inpaint")],
        Tenants = 5,
        TenantZipfExponent = 1,
        Adapters = "service-b",
        AdapterNeighbourhoods = 3,
    };

    private static readonly ArrivalPattern[] Patterns =
    [
        new PoissonPattern(), new ConstantPattern(), new GammaPattern(3), new WeibullPattern(2),
        new PiecewisePattern([new PatternPiece(10, 0.5), new PatternPiece(5, 2)]), new DiurnalPattern(0.8, 60),
        new SpikesPattern([new PatternSpike(1, 5, 4)]), new MarkovModulatedPattern([new PatternState(0.2, 20), new PatternState(4, 5)]),
    ];

    [Test]
    public void A_stream_gives_the_same_requests_as_the_list([Values] bool shapes)
    {
        var builder = new WorkloadBuilder(Options with { MaskShapes = shapes }, Grid);
        Assert.That(Show(Take(builder.Stream(3), 1000)), Is.EqualTo(Show(builder.Build(3))));
    }

    [Test]
    public void Without_shapes_nothing_changes_but_that_masks_have_none()
    {
        var shaped = new WorkloadBuilder(Options, Grid).Build(3);
        var sized = new WorkloadBuilder(Options with { MaskShapes = false }, Grid).Build(3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Show(sized), Is.EqualTo(Show(shaped)));
            Assert.That(sized.Select(static request => request.Mask.HasShape), Is.All.False);
            Assert.That(shaped.Select(static request => request.Mask.HasShape), Is.All.True);
        }
    }

    [Test]
    public void New_properties_change_no_old_one()
    {
        var plain = Options with { StepChoices = [], Classes = [], Tenants = 1, Adapters = "none" };
        var (before, after) = (new WorkloadBuilder(plain, Grid).Build(3), new WorkloadBuilder(Options with { Classes = [new ClassShare("a"), new ClassShare("b")] }, Grid).Build(3));
        Assert.That(after.Select(Old), Is.EqualTo(before.Select(Old)));

        static string Old(Request request) =>
            $"{request.ArrivesAt.Ticks} {request.Template} {string.Join(',', request.Mask.Tokens(true))} {request.Prompt} {request.Seed}";
    }

    // What a run of an earlier version drew, byte for byte.
    [Test]
    public void The_first_request_of_a_seed_stays_what_it_was()
    {
        var requests = new WorkloadBuilder(
            new WorkloadOptions { Requests = 200, RequestsPerSecond = 2, Steps = 8, Templates = 20, TemplateZipfExponent = 1, Prompts = ["a hat", "a dog", "a red door"] }, Grid).Build(11);
        var hash = requests
            .SelectMany(static request => request.Mask.Tokens(true).Select(static token => (long)token).Concat([request.ArrivesAt.Ticks, request.Template.Value, request.Seed, request.Prompt.Length]))
            .Aggregate(17L, static (sum, value) => unchecked((sum * 31) + value));
        Assert.That(hash, Is.EqualTo(HashOfAnEarlierVersion));
    }

    private const long HashOfAnEarlierVersion = -3266441763667540984;

    [Test]
    public void Shares_of_steps_classes_and_tenants_are_those_asked_for()
    {
        const int Requests = 20_000;
        var requests = Take(new WorkloadBuilder(Options with { Requests = Requests, MaskShapes = false }, Grid).Stream(5), Requests);
        var harmonic = 1 + (1 / 2.0) + (1 / 3.0) + (1 / 4.0) + (1 / 5.0);
        using (Assert.EnterMultipleScope())
        {
            AssertShare(static request => request.Steps == 50, 0.75);
            AssertShare(static request => request.Class.Name == "paid", 0.25);
            AssertShare(static request => request.Tenant.Value == 0, 1 / harmonic);
            AssertShare(static request => request.Tenant.Value == 4, 1 / harmonic / 5);
            Assert.That(requests.Where(static request => request.Class.Name == "paid").Select(static request => request.Deadline!.Value - request.ArrivesAt), Is.All.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(requests.Where(static request => request.Class.Name == "free").Select(static request => request.Deadline), Is.All.Null);
            Assert.That(Mean("paid"), Is.LessThan(0.13), "production masks");
            Assert.That(Mean("free"), Is.GreaterThan(0.3), "inpaint masks");
        }

        // Five standard errors of a share.
        void AssertShare(Func<Request, bool> has, double share) =>
            Assert.That((double)requests.Count(has) / Requests, Is.EqualTo(share).Within(5 * Math.Sqrt(share * (1 - share) / Requests)));

        double Mean(string name) => requests.Where(request => request.Class.Name == name).Average(static request => request.Mask.Ratio);
    }

    [TestCaseSource(nameof(Patterns))]
    public void A_request_allocates_nothing(ArrivalPattern arrivals)
    {
        var source = new WorkloadBuilder(Options with { Requests = 100_000, MaskShapes = false, Arrivals = arrivals, Adapters = "none" }, Grid).Stream(7);

        // Every size of mask that occurs, and every method compiled.
        Drain(source, 50_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Drain(source, 40_000);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        // A size of mask that is seen for the first time may still come.
        Assert.That(bytes, Is.LessThan(40 * 100), $"{bytes} bytes in 40,000 requests");
    }

    [Test]
    public void A_class_that_is_named_twice_or_weighs_nothing_is_a_fault() =>
        Assert.That(
            () => new WorkloadBuilder(
                Options with
                {
                    Classes = [new ClassShare("a", 0), new ClassShare("a", 1, 0, -1, "prod")],
                    StepChoices = [new StepChoice(0, 1)],
                    Tenants = 0,
                    Adapters = "some",
                },
                Grid),
            Throws.ArgumentException.With.Message.Contains("a name twice").And.Message.Contains("weight greater than 0").And.Message.Contains("objective greater than 0")
                .And.Message.Contains("Classes, a: 'prod'").And.Message.Contains("StepChoices").And.Message.Contains("Tenants is 0").And.Message.Contains("Adapters is some"));

    private static List<Request> Take(IRequestSource source, int most)
    {
        var requests = new List<Request>();
        while (requests.Count < most && source.TryNext(out var request))
        {
            requests.Add(request);
        }

        return requests;
    }

    private static void Drain(IRequestSource source, int requests)
    {
        for (var number = 0; number < requests; number++)
        {
            source.TryNext(out _);
        }
    }

    private static IEnumerable<string> Show(IEnumerable<Request> requests) => requests.Select(static request =>
        $"{request.Id} {request.ArrivesAt.Ticks} {request.Template} {request.Mask.MaskedTokens} {request.Steps} {request.Prompt} {request.Seed} {request.Class.Name} {request.Tenant} {request.Adapters}");
}
