using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Sweeps;

public sealed class SweepReaderTests
{
    [Test]
    public void The_grid_is_every_combination_in_the_files_order()
    {
        var (sweep, faults) = SweepExample.Read(SweepExample.Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(sweep.Points().Select(static point => string.Join(' ', point.Values.Select(static value => value.Label))), Is.EqualTo(new[]
            {
                "round-robin 1", "round-robin 2.5", "round-robin 4", "mask-aware 1", "mask-aware 2.5", "mask-aware 4",
            }));
            Assert.That(sweep.Points().Select(static point => point.Index), Is.EqualTo(Enumerable.Range(0, 6)));
            Assert.That(sweep.SettingsOf(sweep.Points()[4]), Is.EqualTo(new[] { "policies.routing=\"mask-aware\"", "workload.ratePerSecond=2.5" }));
        }
    }

    [Test]
    public void Without_words_about_it_texts_are_compared_and_loads_bought()
    {
        var (sweep, _) = SweepExample.Read(SweepExample.Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sweep.Name, Is.EqualTo("small"));
            Assert.That(sweep.Compared.Path, Is.EqualTo("policies.routing"));
            Assert.That((sweep.Goal.Metric.Name, sweep.Goal.Objective), Is.EqualTo(("mean-latency", (double?)null)));
            Assert.That((sweep.Frontier.Cost.Name, sweep.Frontier.Value.Name), Is.EqualTo(("throughput", "p95-latency")));
            Assert.That(sweep.Axes.Select(static axis => axis.Column), Is.EqualTo(new[] { "routing", "ratePerSecond" }));
        }
    }

    [Test]
    public void A_fleet_that_varies_is_what_is_paid() =>
        Assert.That(SweepExample.Read(With("\"fleet.workers\": [1, 2]")).Sweep.Frontier.Cost.Name, Is.EqualTo("workers"));

    [TestCase("\"fleet.workers\": [1], \"policies.routing\": [\"a\"]", "fleet_workers", "routing")]
    [TestCase("\"policies.pipeline\": [\"a\"], \"baseline2.Pipeline\": [\"b\"]", "policies_pipeline", "baseline2_Pipeline")]
    public void Columns_that_would_meet_another_have_their_whole_path(string vary, params string[] columns) =>
        Assert.That(SweepExample.Read(With(vary)).Sweep.Axes.Select(static axis => axis.Column), Is.EqualTo(columns));

    [TestCase("\"a.b\": []", "vary.a.b: found []; allowed: a list [ ... ] of different numbers, texts, true or false.")]
    [TestCase("\"a.b\": 3", "vary.a.b: found 3; allowed: a list")]
    [TestCase("\"a.b\": [1, 1.0]", "vary.a.b[1]: found 1.0 again; allowed: a list")]
    [TestCase("\"a.b\": [\"x\", \"x\"]", "vary.a.b[1]: found x again; allowed: a list")]
    [TestCase("\"a.b\": [null]", "vary.a.b[0]: found null; allowed: a list")]
    [TestCase("\"a.b\": [{}]", "vary.a.b[0]: found {}; allowed: a list")]
    [TestCase("\"a..b\": [1]", "vary.a..b: found no path of a scenario; allowed: names with dots between them.")]
    [TestCase("\"seed\": [1, 2]", "vary.seed: found a key that changes no run of the grid; allowed: any path but those of $schema, name, seed,")]
    [TestCase("\"baseline.pipeline\": [\"full\"]", "vary.baseline.pipeline: found a key that changes no run of the grid")]
    [TestCase("\"fleet.linkBytesPerSecond\": [1e8, 1e9]", "vary.fleet.linkBytesPerSecond: found a key that changes no run of the grid")]
    [TestCase("", "vary: found nothing to vary; allowed: at least one path")]
    public void A_bad_axis_is_named(string vary, string fault) =>
        Assert.That(SweepExample.Read(With(vary)).Faults.Single().ToString(), Does.StartWith(fault));

    [Test]
    public void All_faults_are_noted_at_once()
    {
        var faults = SweepExample.Read(
            """
            { "name": "a/b", "scenario": "gone.json", "profile": "gone.json", "vary": { "a": [1] }, "replications": 0, "goal": { "metric": "speed", "objective": -1, "x": 1 },
              "compare": "b", "frontier": ["workers"], "extra": 1 }
            """).Faults.Select(static fault => fault.Key);
        Assert.That(faults, Is.EquivalentTo(new[]
        {
            "name", "scenario", "profile", "replications", "goal.metric", "goal.objective", "goal.x", "compare", "frontier", "extra",
        }));
    }

    [Test]
    public void A_grid_too_large_is_a_fault() =>
        Assert.That(
            SweepExample.Read($$"""{ "scenario": "scenario.json", "replications": 10000, "vary": { "a": [{{string.Join(',', Enumerable.Range(0, 101))}}] } }""").Faults.Single().ToString(),
            Does.StartWith("vary: found 1010000 runs; allowed: a grid of at most 1000000 runs"));

    [Test]
    public void What_is_no_JSON_names_the_line() =>
        Assert.That(
            () => SweepExample.Read("{\n \"scenario\": \"scenario.json\",\n \"vary\": { \"a\": [1 }\n}"),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains("line 3"));

    private static string With(string vary) => $$"""{ "scenario": "scenario.json", "vary": { {{vary}} } }""";
}
