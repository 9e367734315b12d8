using SimServe.Simulator.Planning;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>Plan files, good and bad.</summary>
public sealed class PlanReaderTests
{
    [Test]
    public void A_small_plan_has_defaults()
    {
        var plan = PlanText.Read(PlanText.Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.Name, Is.EqualTo("small"));
            Assert.That(plan.Candidates, Is.EqualTo(new[] { new PlanCandidate("H100", "on-demand", null, 256) }));
            Assert.That((plan.Spares, plan.Mixes, plan.Confidence, plan.Requests, plan.Templates), Is.EqualTo((1, true, 0.95, (int?)null, 1)));
            Assert.That(plan.CalibrationError, Is.Null);
            Assert.That(plan.Objective.ToString(), Is.EqualTo("95 % within 2 s"));
        }
    }

    [Test]
    public void A_setting_takes_the_place_of_a_value()
    {
        var plan = PlanText.Read(
            PlanText.Small, "workload.ratePerSecond=7", "workload.arrivals={\"kind\":\"gamma\",\"coefficientOfVariation\":3}", "objective.timesAlone=3", "objective.referenceDevice=H100");
        Assert.That((plan.RatePerSecond, plan.Arrivals), Is.EqualTo((7.0, (ArrivalPattern)new GammaPattern(3))));
        Assert.That(plan.Objective.ToString(), Is.EqualTo("95 % within 2 s and 3 times the latency alone"));
        Assert.That(plan.Objective.ReferenceDevice, Is.EqualTo("H100"));
    }

    [Test]
    public void Policies_and_hosts_are_those_of_scenarios()
    {
        var plan = PlanText.Read(
            PlanText.Small, "policies={\"ordering\":{\"kind\":\"earliest-deadline\"},\"admission\":{\"kind\":\"token-bucket\",\"ratePerSecond\":3},\"scaling\":{\"kind\":\"reactive\",\"least\":2}}",
            "fleet={\"workersPerHost\":4,\"host\":{\"memoryBytes\":2e12,\"diskBytes\":8e12,\"eviction\":\"lfu\"}}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((plan.Policies.Ordering.Kind, plan.Policies.Admission.Kind, plan.Policies.Admission.RatePerSecond), Is.EqualTo(("earliest-deadline", "token-bucket", 3)));
            Assert.That((plan.Policies.Scaling.Kind, plan.Policies.Scaling.Least, plan.Policies.MaxBatchSize), Is.EqualTo(("reactive", 2, 8)));
            Assert.That((plan.Hosts!.WorkersPerHost, plan.Hosts.WarmTemplates, plan.Hosts.Host.MemoryBytes, plan.Hosts.Host.DiskBytes, plan.Hosts.Host.Eviction), Is.EqualTo((4, true, 2_000_000_000_000, 8_000_000_000_000, "lfu")));
            Assert.That(plan.WrittenHost!.ToJsonString(), Is.EqualTo("{\"memoryBytes\":2e12,\"diskBytes\":8e12,\"eviction\":\"lfu\"}"));
            Assert.That(PlanText.Read(PlanText.Small).Hosts, Is.Null);
        }
    }

    [TestCase("policies={\"scaling\":{\"kind\":\"elastic\"}}", "policies.scaling.kind: found \"elastic\"; allowed: \"none\", \"reactive\", \"predictive\", \"scheduled\".")]
    [TestCase("fleet={\"host\":{\"eviction\":\"mru\"}}", "fleet.host.eviction: found \"mru\"; allowed: \"lru\", \"lfu\", \"benefit-weighted\".")]
    [TestCase("fleet={\"workersPerHost\":0}", "fleet.workersPerHost: found 0; allowed: a whole number from 1 to 1024.")]
    [TestCase("model=flux-dex", "model: found \"flux-dex\"; allowed: \"sd15\", ")]
    [TestCase("candidates.0.device=H101", "candidates[0].device: found \"H101\"; allowed: \"H100\", \"H200\", \"H800\", \"A100\", \"A10\", \"L40S\". Did you mean \"H100\"?")]
    [TestCase("candidates.0.pricing=weekly", "candidates[0].pricing: found \"weekly\"; allowed: \"on-demand\", \"reserved\", \"spot\".")]
    [TestCase("candidates=[]", "candidates: found []; allowed: a list [ ... ] of at least one. Write a list.")]
    [TestCase("candidates=[{\"device\":\"A10\"},{\"device\":\"A10\"}]", "candidates[1].device: found A10 on-demand twice; allowed: each device and pricing once.")]
    [TestCase("objective={\"attainment\":0.95}", "objective.seconds: found nothing; allowed: seconds, timesAlone or both, greater than 0.")]
    [TestCase("objective.attainment=1", "objective.attainment: found 1; allowed: a number from 0.01 to 0.9999.")]
    [TestCase("objective.referenceDevice=A10", "objective.referenceDevice: found \"A10\"; allowed: \"fastest\", \"H100\".")]
    [TestCase("workload.masks=some", "workload.masks: found \"some\"; allowed: production, ")]
    [TestCase("spares=2", "spares: found 2; allowed: a whole number from 0 to 1.")]
    [TestCase("requests=99", "requests: found 99; allowed: 0, for as many as are needed, or at least 100.")]
    [TestCase("calibrationError={\"logStandardDeviation\":0.1}", "calibrationError.source: found nothing; allowed: a text in quotes.")]
    [TestCase("slo={}", "slo: found an unknown key; allowed: $schema, ")]
    [TestCase("name=a/b", "name: found \"a/b\"; allowed: letters, digits, spaces, dots, - and _.")]
    public void A_fault_names_key_value_range_and_fix(string setting, string message) =>
        Assert.That(PlanText.FaultsOf(PlanText.Small, setting).Single().ToString(), Does.StartWith(message));

    [Test]
    public void All_faults_are_listed_at_once() => Assert.That(
        PlanText.FaultsOf("{ \"steps\": 0, \"workload\": {}, \"objective\": 3, \"candidates\": [ { \"device\": \"H100\", \"price\": 1 } ] }").Select(static fault => fault.Key),
        Is.EquivalentTo(new[] { "model", "steps", "workload.ratePerSecond", "objective", "candidates[0].price" }));

    [Test]
    public void What_is_no_JSON_names_the_line() =>
        Assert.That(PlanText.FaultsOf("{\n \"steps\": 3,\n !").Single().Key, Is.EqualTo("line 3"));

    [Test]
    public void Long_latencies_at_high_rates_need_more_requests()
    {
        var question = PlanQuestions.Ask(100, new ServiceObjective { Attainment = 0.9, Seconds = 5 }, PlanQuestions.Option("D", 2, 1));
        Assert.That(ReplicationLength.Of(question), Is.EqualTo(8000), "forty latencies of 2 s at 100 requests/s");
        Assert.That(ReplicationLength.Of(question with { Workload = question.Workload with { RequestsPerSecond = 1 } }), Is.EqualTo(1500));
    }
}
