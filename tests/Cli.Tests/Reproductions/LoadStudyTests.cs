using SimServe.Cli.Reproductions.SwiftDiffusion;
using SimServe.Cli.Reproductions.SwiftDiffusion.Load;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>Plans of the load study, and what comes of short runs of them.</summary>
public sealed class LoadStudyTests
{
    private const int Requests = 400;

    private static readonly ConstantBook Constants = ExperimentReader.Read(Repository.PathOf("experiments/swiftdiffusion")).Constants;

    private static LoadSimulator Simulator => new(new KatzEngine(Constants), Constants, Requests);

    [Test]
    public void Every_plan_has_as_many_gpus_and_divides_them_exactly()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LoadStudy.Points.Select(static point => point.Plan.Workers + point.Plan.Devices), Is.All.EqualTo(LoadPlan.Gpus));
            Assert.That(LoadPlan.Dedicated.Devices, Is.EqualTo(2 * LoadPlan.Dedicated.Workers));
            Assert.That(LoadPlan.DedicatedPair.Devices, Is.EqualTo(LoadPlan.DedicatedPair.Workers));
            foreach (var ratio in LoadStudy.Ratios)
            {
                Assert.That(LoadPlan.Shared(ratio).Workers, Is.EqualTo(ratio * LoadPlan.Shared(ratio).Devices));
            }
        }
    }

    [Test]
    public void Every_combination_of_policies_is_tried_once() => Assert.That(LoadStudy.Combinations.Distinct().Count(), Is.EqualTo(3 * 3 * 2 * 2));

    // The trace's states keep its mean rate: each state's time times its rate.
    [Test]
    public void Bursts_have_the_mean_rate_that_is_asked_for()
    {
        var (multipliers, sojourns) = (Constants.Table("gentd26.multipliers"), Constants.Table("gentd26.sojourns"));
        Assert.That(multipliers.Zip(sojourns, static (multiplier, sojourn) => multiplier * sojourn).Sum() / sojourns.Sum(), Is.EqualTo(1).Within(0.5).Percent);
    }

    // 0.14 + 50 * (54.3 / 1.24 + 2 * 27.8 ms).
    [Test]
    public void Objectives_are_those_of_a_gpu_that_does_everything() => Assert.That(
        Simulator.Alone(new Request { Id = new RequestId(0), ArrivesAt = Instant.Start, Template = new TemplateId(0), Mask = EditMask.FromTokens(new TokenGrid(2, 2, 8), [0]), Steps = 50, Prompt = "", Seed = 0, Adapters = new AdapterSet([3, 4], [7]) }).TotalSeconds,
        Is.EqualTo(5.1095).Within(0.01).Percent);

    [Test]
    public void Gpus_that_run_controlnets_count()
    {
        var rates = Run(new LoadPoint(LoadStudy.Settled(LoadPlan.Shared(2)), "service-a", null)).Rates;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rates.TimeAveragedGpus, Is.EqualTo(LoadPlan.Gpus).Within(1e-6));
            Assert.That(rates.GpuSecondsPerImage, Is.EqualTo(LoadPlan.Gpus / rates.RequestThroughput).Within(0.01).Percent);
        }
    }

    // What an image asks for is the least that GPUs can spend on it: U-Net and ControlNets.
    [Test]
    public void No_plan_spends_less_than_an_image_asks_for([Values("service-a", "service-b")] string service)
    {
        foreach (var plan in new[] { LoadPlan.Serial, LoadPlan.Dedicated, LoadPlan.Shared(1), LoadPlan.Shared(4) })
        {
            Assert.That(Run(new LoadPoint(LoadStudy.Settled(plan), service, null)).Rates.GpuSecondsPerImage, Is.GreaterThan(2.2 + (1.65 * 50 * 0.0278)), plan.ControlNets);
        }
    }

    [Test]
    public void The_same_point_gives_the_same_numbers_twice()
    {
        var point = new LoadPoint(LoadPlan.Shared(3) with { Loras = UnmergedLoras.Name }, "service-b", 4);
        Assert.That(LoadNumbers.Of(Run(point)), Is.EqualTo(LoadNumbers.Of(Run(point))));
    }

    private static RunSummary Run(LoadPoint point)
    {
        var summary = Simulator.Run(point, CancellationToken.None);
        Assert.That(summary.Verdict.Failures, Is.Empty);
        Assert.That(summary.Injected, Is.EqualTo(Requests));
        return summary;
    }
}
