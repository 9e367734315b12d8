using SimServe.GpuBackend.Models;
using SimServe.Policies;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Serving;
using SimServe.Simulator;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Fleets;

namespace SimServe.Cli.Tests.Planning;

/// <summary>Real models, from their published configurations alone, served in virtual time on a device that nobody has measured.</summary>
public sealed class PublishedModelSimulationTests
{
    private static readonly DeviceSpec H800 = new() { Name = "H800", PeakFlopsPerSecond = 989e12, LinkBytesPerSecond = 50e9 };

    private static readonly RooflineOptions Options = new();

    [TestCase("sdxl")]
    [TestCase("flux-dev")]
    public void Without_reuse_a_step_takes_the_roofline_s_sum_over_the_blocks(string name)
    {
        var model = PublishedModels.Find(name);
        var shape = model.ToShape();
        var segment = Simulate(model, shape, FullPipeline.Name, requests: 1).Segments.Single();
        var rate = H800.PeakFlopsPerSecond * Options.Efficiency;
        var expected = Options.StepOverhead.TotalSeconds + (shape.Branches * shape.Outside.Flops / rate)
            + shape.Blocks.Sum(block => Math.Max(shape.Branches * block.PlainWork().Flops / rate, Options.LaunchFloor.TotalSeconds));

        // Each block's time is rounded to 100 ns once.
        var rounding = shape.Blocks.Count * 1e-7;
        Assert.That(segment.Steps, Is.EqualTo(model.Steps));
        Assert.That((segment.End - segment.Start).TotalSeconds / segment.Steps, Is.EqualTo(expected).Within(rounding));
    }

    [TestCase("sdxl")]
    [TestCase("flux-dev")]
    public void With_reuse_a_step_takes_the_roofline_s_sum_over_the_masked_blocks(string name)
    {
        var model = PublishedModels.Find(name);
        var shape = model.ToShape();
        var run = Simulate(model, shape, SequentialPipeline.Name, requests: 1);
        var masked = run.Records[0].Request.Mask.MaskedTokens;
        var rate = H800.PeakFlopsPerSecond * Options.Efficiency;
        var expected = Options.StepOverhead.TotalSeconds + (shape.Branches * shape.Outside.Flops / rate)
            + shape.Blocks.Sum(block => Math.Max(shape.Branches * block.MaskedWork(MaskedAt(shape, block, masked)).Flops / rate, Options.LaunchFloor.TotalSeconds))
            + LoadedSeconds(shape, masked);
        var segment = run.Segments.Single();
        Assert.That((segment.End - segment.Start).TotalSeconds / segment.Steps, Is.EqualTo(expected).Within(shape.Blocks.Count * 2e-7));
    }

    // A tenth of the image masked: Flux is a transformer all through, most of SDXL's work is, and a third of Stable Diffusion 1.5's at most.
    [TestCase("flux-dev", 0.20, 0.35)]
    [TestCase("sdxl", 0.35, 0.60)]
    [TestCase("sd15", 0.60, 0.90)]
    public void Reuse_saves_what_is_token_wise(string name, double least, double most)
    {
        var shape = PublishedModels.Find(name).ToShape();
        Assert.That((double)shape.MaskedStepFlops(shape.Grid.Count / 10) / shape.PlainStepFlops, Is.InRange(least, most));
    }

    [Test]
    public void Every_published_model_is_served_by_every_pipeline()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var model in PublishedModels.All)
            {
                var shape = model.ToShape();
                foreach (var pipeline in PolicyCatalogue.Pipelines)
                {
                    var run = Simulate(model, shape, pipeline, requests: 6);
                    Assert.That(run.Records.Count(static record => record.Outcome == RequestOutcome.Completed), Is.EqualTo(6), $"{model.Name} {pipeline}");
                }
            }
        }
    }

    [TestCase("sdxl")]
    [TestCase("flux-dev")]
    public void Optimal_is_no_slower_than_any_other_pipeline(string name)
    {
        var model = PublishedModels.Find(name);
        var shape = model.ToShape();
        var times = PolicyCatalogue.Pipelines.ToDictionary(static pipeline => pipeline, pipeline => Simulate(model, shape, pipeline, requests: 1).Segments[0].Plan.StepTime);
        Assert.That(times[OptimalPipeline.Name], Is.EqualTo(times.Values.Min()));
        Assert.That(times[OptimalPipeline.Name], Is.LessThan(times[FullPipeline.Name]));
    }

    [Test]
    public void Text_encoders_and_autoencoder_take_their_own_operations()
    {
        var shape = PublishedModels.Find("sdxl").ToShape();
        var costs = new RooflineCostModel(H800, shape, Options);
        var rate = H800.PeakFlopsPerSecond * Options.Efficiency;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(costs.Encode.TotalSeconds, Is.EqualTo(2 * 0.1112e12 / rate).Within(1).Percent, "CLIP-L and bigG, for the prompt and the negative prompt");
            Assert.That(costs.Decode.TotalSeconds, Is.EqualTo(10.470e12 / rate).Within(1).Percent);
            Assert.That((costs.Record(2) - costs.Record(1)) * 50 + costs.Record(0), Is.EqualTo(costs.Record(50)));
            Assert.That(costs.Record(0).TotalSeconds, Is.EqualTo(4.879e12 / rate).Within(1).Percent);
        }
    }

    private static int MaskedAt(ModelShape shape, BlockShape block, int masked) => (int)Math.Ceiling((double)masked * block.ImageTokens / shape.Grid.Count);

    // What every block but the first and those after convolutions waits for: the rows that the block before left to the template.
    private static double LoadedSeconds(ModelShape shape, int masked) => shape.Blocks.Take(shape.Blocks.Count - 1).Where(static block => block.IsTokenWise)
        .Sum(block => (double)shape.Branches * (block.ImageTokens - MaskedAt(shape, block, masked)) * block.Width * shape.BytesPerElement) / H800.LinkBytesPerSecond;

    private static ServingResult Simulate(PublishedModel model, ModelShape shape, string pipeline, int requests) => new Simulation
    {
        Model = shape,
        Fleet = SimulatedFleet.Of(H800, [new RooflineCostModel(H800, shape, Options)]),
        Policies = new PolicyOptions { Pipeline = pipeline, MaxBatchSize = 4 },
        Requests = [.. Enumerable.Range(0, requests).Select(number => Request(model, shape, number))],
    }.Run().Serving;

    private static Request Request(PublishedModel model, ModelShape shape, int number) => new()
    {
        Id = new RequestId(number),
        ArrivesAt = Instant.FromSeconds(number),
        Template = new TemplateId(number % 2),
        Mask = EditMask.FromTokens(shape.Grid, [.. Enumerable.Range(0, (shape.Grid.Count / 10) + number)]),
        Steps = model.Steps,
        Prompt = "",
        Seed = number,
    };
}
