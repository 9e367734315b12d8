using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;
using SimServe.Policies.Serving;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests;

/// <summary>Runs whose images have several sizes.</summary>
public sealed class ResolutionTests
{
    private static readonly TokenGrid Small = TestWorkload.Grid;
    private static readonly TokenGrid Large = new(32, 24, 16);

    // Attention makes work grow faster than tokens, so the shape is made anew.
    private static readonly ModelShape Model = TestWorkload.Model with { Resize = static grid => Sized(grid) };

    private static ModelShape Sized(TokenGrid grid) => TestWorkload.Model with
    {
        Grid = grid,
        Blocks =
        [
            .. Enumerable.Repeat(new BlockShape(BlockKind.DoubleStream, 192, 6, 768, grid.Count, 16), 4),
            .. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 192, 6, 768, grid.Count, 16), 8),
        ],
    };

    private static IEnumerable<TestCaseData> Policies() =>
        from batching in PolicyCatalogue.Batching
        from routing in PolicyCatalogue.Routing
        from ordering in PolicyCatalogue.Ordering
        select new TestCaseData(new PolicyOptions
        {
            Batching = batching,
            Routing = routing,
            Ordering = new() { Kind = ordering },
            MaxBatchSize = 4,
            MaxWait = TimeSpan.FromMilliseconds(20),
        }).SetArgDisplayNames($"{batching} {routing} {ordering}");

    [TestCaseSource(nameof(Policies))]
    public void A_batch_never_mixes_sizes_and_everybody_is_served(PolicyOptions policies)
    {
        var requests = Mixed(200, 5, seed: 3);
        var result = Simulation(requests, policies: policies).Run().Serving;
        var grids = requests.ToDictionary(static request => request.Id, static request => request.Mask.Grid);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Records, Has.All.Property(nameof(RequestRecord.Outcome)).EqualTo(RequestOutcome.Completed));
            Assert.That(result.Segments.Select(segment => segment.Plan.Members.Select(member => grids[member.Id]).Distinct().Count()), Has.All.EqualTo(1));
            Assert.That(result.Segments.Count(segment => segment.BatchSize > 1 && grids[segment.Plan.Members[0].Id] == Large), Is.Positive, "large images are batched too");
        }
    }

    [TestCaseSource(nameof(Policies))]
    public void Coalesced_and_step_by_step_runs_are_identical(PolicyOptions policies)
    {
        var simulation = Simulation(Mixed(100, 5, seed: 4), policies: policies);
        Assert.That(TestWorkload.Trace(simulation.Run().Serving), Is.EqualTo(TestWorkload.Trace((simulation with { CoalesceSteps = false }).Run().Serving)));
    }

    [Test]
    public void A_request_alone_takes_the_time_of_its_own_size()
    {
        foreach (var grid in new[] { Small, Large })
        {
            var (request, costs) = (Request(0, 0, grid), new TestCosts());
            var step = new StepPlanner(Sized(grid), costs, new OptimalPipeline()).StepTime(1, request.Mask.MaskedTokens);
            var record = Simulation([request], workers: 1).Run().Serving.Records.Single();
            Assert.That(record.FinishedAt - record.ArrivedAt, Is.EqualTo(costs.Encode + (8 * step) + costs.Decode), $"{grid}");
        }
    }

    [Test]
    public void Decoding_and_recording_take_the_time_of_their_own_size()
    {
        static ModelShape WithStages(TokenGrid grid) => Sized(grid) with
        {
            Resize = WithStages,
            Stages = [new StageShape(StageKind.ImageDecoding, "decoder", default(Work) with { ConvolutionFlops = 1_000_000L * grid.Count }, 0)],
        };

        var (model, costs) = (WithStages(Small), new RooflineCostModel(TestWorkload.Device, WithStages(Small), new RooflineOptions()));
        RequestRecord Run(TokenGrid grid) => (Simulation([Request(0, 0, grid)], workers: 1) with
        {
            Model = model,
            Fleet = SimulatedFleet.Of(TestWorkload.Device, costs, 1),
            WarmTemplates = false,
        }).Run().Serving.Records.Single();

        var large = new RooflineCostModel(TestWorkload.Device, WithStages(Large), new RooflineOptions());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Run(Large).FinishedAt - Run(Large).DenoisedAt, Is.EqualTo(large.Decode));
            Assert.That(large.Decode.Ticks, Is.EqualTo(3 * costs.Decode.Ticks).Within(3));
            Assert.That(Run(Large).CacheWait, Is.EqualTo(large.Record(8)));
            Assert.That(Run(Small).CacheWait, Is.EqualTo(costs.Record(8)));
        }
    }

    [Test]
    public void A_template_takes_the_bytes_of_its_own_size_over_the_network()
    {
        var bytes = Sized(Large).TemplateCacheBytes(8);
        var host = new HostOptions { MemoryBytes = 2 * bytes, NetworkBytesPerSecond = bytes / 0.5, Prefetch = false };
        var simulation = Simulation([Request(0, 0, Large), Request(1, 100, Small, template: 1)], workers: 1);
        var records = (simulation with { Fleet = simulation.Fleet with { Host = host } }).Run().Serving.Records;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(records[0].CacheWait, Is.EqualTo(TimeSpan.FromSeconds(0.5)).Within(new TimeSpan(2)));
            Assert.That(records[1].CacheWait, Is.EqualTo(TimeSpan.FromSeconds(0.5 * Model.TemplateCacheBytes(8) / bytes)).Within(new TimeSpan(2)));
        }
    }

    [Test]
    public void A_memory_of_one_large_template_holds_two_small_ones()
    {
        var host = new HostOptions { MemoryBytes = Sized(Large).TemplateCacheBytes(8), NetworkBytesPerSecond = 1e9 };
        int Fetches(TokenGrid grid)
        {
            var simulation = Simulation([.. Enumerable.Range(0, 12).Select(number => Request(number, number * 10.0, grid, template: number % 2))], workers: 1);
            return (simulation with { Fleet = simulation.Fleet with { Host = host } }).Run().Serving.Records.Count(static record => record.CacheWait > TimeSpan.Zero);
        }

        Assert.That((Fetches(Large), Fetches(Small)), Is.EqualTo((12, 2)));
    }

    [Test]
    public void A_forecast_is_what_happens_where_nobody_comes_later([Range(1, 25)] int seed)
    {
        var costs = new TestCosts { Encode = TimeSpan.Zero };
        var requests = Mixed(12, 8, seed);
        var planner = new StepPlanner(Model, costs, new OptimalPipeline());
        var observer = new LastForecast(new FinishForecast([planner], 3), requests[^1].Id);
        var simulation = Simulation(requests, workers: 1, policies: new PolicyOptions { MaxBatchSize = 3 }) with { Fleet = SimulatedFleet.Of(TestWorkload.Device, costs, 1) };
        var last = simulation.Run(observer).Serving.Records.Single(record => record.Request.Id == requests[^1].Id);
        Assert.That(observer.Finish, Is.EqualTo(last.DenoisedAt));
    }

    [Test]
    public void The_best_worker_is_the_one_that_is_forecast_to_be_done_first()
    {
        var planner = new StepPlanner(Model, new TestCosts(), new OptimalPipeline());
        var (mask, forecast) = (new MaskAware([planner, planner, planner], 4), new FinishForecast([planner, planner, planner], 4));
        var observer = new EveryChoice(mask, forecast);
        Simulation(Mixed(300, 10, seed: 9), workers: 3).Run(observer);
        Assert.That((observer.Asked, observer.Best), Is.EqualTo((300, 300)));
    }

    [Test]
    public void One_size_that_is_listed_changes_nothing()
    {
        var (plain, listed) = (Draw(new WorkloadOptions { Requests = 200, RequestsPerSecond = 5, Templates = 20 }), Draw(new WorkloadOptions
        {
            Requests = 200,
            RequestsPerSecond = 5,
            Templates = 20,
            Resolutions = [new ResolutionChoice(Small.Width, Small.Height, 2)],
        }));
        Assert.That(TestWorkload.Trace(Simulation(plain).Run().Serving), Is.EqualTo(TestWorkload.Trace(Simulation(listed).Run().Serving)));
    }

    [Test]
    public void Sizes_belong_to_templates_have_their_weights_and_change_nothing_else()
    {
        var options = new WorkloadOptions { Requests = 4000, RequestsPerSecond = 5, Templates = 1000, MaskRatios = "constant:0.5", MaskShapes = false };
        var (plain, sized) = (Draw(options), Draw(options with { Resolutions = [new(Small.Width, Small.Height, 3), new(Large.Width, Large.Height, 1)] }));
        var templates = sized.GroupBy(static request => request.Template).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(templates.Select(static requests => requests.Select(static request => request.Mask.Grid).Distinct().Count()), Has.All.EqualTo(1));

            // A quarter of about 980 templates, four standard deviations of 14 each way.
            Assert.That(templates.Count(static requests => requests.First().Mask.Grid == Large), Is.EqualTo(templates.Length / 4).Within(56));
            Assert.That(sized.Select(static request => (request.ArrivesAt, request.Template, request.Seed)), Is.EqualTo(plain.Select(static request => (request.ArrivesAt, request.Template, request.Seed))));
            Assert.That(sized.Select(static request => request.Mask.Ratio), Has.All.EqualTo(0.5));
        }
    }

    [Test]
    public void A_user_who_returns_to_a_template_finds_it_at_its_size()
    {
        var options = new WorkloadOptions
        {
            Requests = 300,
            RequestsPerSecond = 1,
            Templates = 12,
            MaskShapes = false,
            Resolutions = [new(Small.Width, Small.Height, 1), new(Large.Width, Large.Height, 1)],
            ClosedLoop = new ClosedLoopOptions { Users = 10, ThinkSeconds = 1, EditsPerSession = 4, SameTemplate = 0.7 },
        };
        var collector = new RunCollector();
        var streamed = Simulation([]).Stream(new WorkloadBuilder(options, Small).Stream(5), collector);
        var records = collector.Close(streamed.End).Records;
        var templates = records.GroupBy(static record => record.Request.Template).Select(static records => records.Select(static record => record.Request.Mask.Grid).Distinct().Count());
        Assert.That(templates, Has.All.EqualTo(1));
        Assert.That(records.Select(static record => record.Request.Mask.Grid).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public void A_size_that_is_no_whole_number_of_tokens_is_refused() =>
        Assert.That(
            () => new WorkloadBuilder(new WorkloadOptions { Requests = 1, RequestsPerSecond = 1, Resolutions = [new(250, 256, 1)] }, Small),
            Throws.ArgumentException.With.Message.Contain("250x256").And.Message.Contain("multiples of 16"));

    [Test]
    public void A_model_of_one_size_says_so() =>
        Assert.That(() => TestWorkload.Model.At(Large), Throws.TypeOf<NotSupportedException>().With.Message.EqualTo("test serves images of 256x256 pixels only, not 512x384."));

    private static Request[] Draw(WorkloadOptions options) => new WorkloadBuilder(options, Small).Build(7);

    private static Request[] Mixed(int count, double ratePerSecond, int seed)
    {
        var sizes = new RandomStream(seed, "sizes");
        return [.. TestWorkload.Poisson(count, ratePerSecond, seed).Select(request => sizes.Next(2) == 0 ? request : request with
        {
            // A template has one size.
            Template = new TemplateId(request.Template.Value + 100),
            Mask = EditMask.OfSize(Large, request.Mask.MaskedTokens * 3),
        })];
    }

    private static Request Request(int number, double seconds, TokenGrid grid, int template = 0) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(seconds),
        Template = new TemplateId(template),
        Mask = EditMask.OfSize(grid, grid.Count / 4),
        Steps = 8,
        Prompt = "",
        Seed = number,
    };

    private static Simulation Simulation(IReadOnlyList<Request> requests, int workers = 2, PolicyOptions? policies = null) =>
        TestWorkload.Simulation(requests, workers, policies) with { Model = Model, TemplateSteps = 8 };

    private sealed class LastForecast(FinishForecast forecast, RequestId last) : IRunObserver
    {
        public Instant? Finish { get; private set; }

        public void Routed(in Request request, FleetView fleet, int chosen, Instant now) =>
            Finish = request.Id == last ? forecast.Finish(request, fleet[chosen], now) : null;
    }

    private sealed class EveryChoice(MaskAware policy, FinishForecast forecast) : IRunObserver
    {
        public int Asked { get; private set; }

        public int Best { get; private set; }

        public void Routed(in Request request, FleetView fleet, int chosen, Instant now)
        {
            Asked++;
            var finishes = new List<Instant>();
            for (var i = 0; i < fleet.Count; i++)
            {
                finishes.Add(forecast.Finish(request, fleet[i], now));
            }

            Best += policy.Choose(request, fleet, now) == finishes.IndexOf(finishes.Min()) ? 1 : 0;
        }
    }
}
