using System.Text.Json;
using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

/// <summary>What every pattern owes a workload.</summary>
public sealed class ArrivalPatternTests
{
    private static readonly TokenGrid Grid = new(16, 16, 8);

    private static readonly ArrivalPattern[] Patterns =
    [
        new PoissonPattern(),
        new ConstantPattern(),
        new GammaPattern(3),
        new WeibullPattern(2),
        new PiecewisePattern([new(10, 2), new(30, 0), new(5, 0.5)]),
        new DiurnalPattern(0.8, 60),
        new SpikesPattern([new(5, 10, 6)]),
        new MarkovModulatedPattern([new(0.2, 20), new(4, 5)]),
    ];

    [Test]
    public void Every_kind_is_tested() =>
        Assert.That(Patterns.Select(KindOf), Is.EqualTo(ArrivalPattern.Kinds));

    [TestCaseSource(nameof(Patterns))]
    public void Same_seed_gives_the_same_times_twice_from_one_builder(ArrivalPattern pattern)
    {
        var builder = new WorkloadBuilder(Options(pattern), Grid);
        Assert.That(Times(builder.Build(7)), Is.EqualTo(Times(builder.Build(7))));
    }

    [TestCaseSource(nameof(Patterns))]
    public void Times_never_run_backwards_and_a_longer_workload_begins_with_the_shorter_one(ArrivalPattern pattern)
    {
        var times = Times(new WorkloadBuilder(Options(pattern) with { Requests = 600 }, Grid).Build(7));
        Assert.That(times, Is.Ordered);
        Assert.That(times[..200], Is.EqualTo(Times(new WorkloadBuilder(Options(pattern), Grid).Build(7))));
    }

    [TestCaseSource(nameof(Patterns))]
    public void Arrivals_change_nothing_else_of_any_request(ArrivalPattern pattern)
    {
        var poisson = new WorkloadBuilder(Options(new PoissonPattern()), Grid).Build(7);
        var other = new WorkloadBuilder(Options(pattern), Grid).Build(7);
        Assert.That(other.Select(Others), Is.EqualTo(poisson.Select(Others)));
    }

    [Test]
    public void Without_a_pattern_arrivals_are_the_Poisson_process_they_always_were()
    {
        var times = Times(new WorkloadBuilder(Options(new PoissonPattern()), Grid).Build(7));
        var expected = ArrivalSample.Times(new PoissonArrivals(2), 200, seed: 7).Select(static time => Instant.FromSeconds(time).Ticks);
        Assert.That(times, Is.EqualTo(expected));
        Assert.That(new WorkloadOptions { Requests = 1, RequestsPerSecond = 1 }.Arrivals, Is.EqualTo(new PoissonPattern()));
    }

    [Test]
    public void Faulty_patterns_are_told_with_the_other_faults() =>
        Assert.That(
            () => new WorkloadBuilder(Options(new GammaPattern(0)) with { Steps = 0 }, Grid),
            Throws.ArgumentException.With.Message.Contains("Arrivals: variation must be").And.Message.Contains("Steps is 0"));

    private static string KindOf(ArrivalPattern pattern) =>
        JsonSerializer.SerializeToElement(pattern).GetProperty("kind").GetString()!;

    private static WorkloadOptions Options(ArrivalPattern pattern) =>
        new() { Requests = 200, RequestsPerSecond = 2, Templates = 20, TemplateZipfExponent = 1, Prompts = ["a hat", "a dog"], Arrivals = pattern };

    private static long[] Times(Request[] requests) => [.. requests.Select(static request => request.ArrivesAt.Ticks)];

    private static string Others(Request request) =>
        $"{request.Id} {request.Template} {request.Prompt} {request.Seed} {string.Join(',', request.Mask.Tokens(masked: true))}";
}
