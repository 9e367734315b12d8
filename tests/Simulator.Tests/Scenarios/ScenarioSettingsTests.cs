using SimServe.Policies;

namespace SimServe.Simulator.Tests.Scenarios;

/// <summary>What <c>--set path=value</c> does.</summary>
public sealed class ScenarioSettingsTests
{
    [Test]
    public void A_path_leads_through_objects_and_lists()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, "seed=5", "workload.requests=20", "templates.0.seed=7");
        Assert.That(faults, Is.Empty);
        Assert.That((scenario.Seed, scenario.Workload.Requests, scenario.Templates[0].Seed), Is.EqualTo((5, 20, 7)));
    }

    [Test]
    public void An_item_of_a_list_and_a_whole_list_can_be_put()
    {
        var (scenario, faults) = ScenarioText.Read(
            ScenarioText.Small, "workload.prompts=[\"a\",\"b\"]", "workload.prompts.1=a lamp", "faults=[{\"worker\":1,\"atSeconds\":1.5}]");
        Assert.That(faults, Is.Empty);
        Assert.That(scenario.Workload.Prompts, Is.EqualTo(new[] { "a", "a lamp" }));
        Assert.That(scenario.Faults, Is.EqualTo(new[] { new LostWorker(Instant.FromSeconds(1.5), 1) }));
    }

    [Test]
    public void A_section_that_the_file_does_not_have_is_made()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, "policies.routing=round-robin");
        Assert.That(faults, Is.Empty);
        Assert.That(scenario.Policies.Routing, Is.EqualTo("round-robin"));
    }

    [Test]
    public void The_last_setting_of_a_path_counts() =>
        Assert.That(ScenarioText.Read(ScenarioText.Small, "seed=5", "seed=6").Scenario.Seed, Is.EqualTo(6));

    [TestCase("name=plain text", "plain text")]
    [TestCase("name=\"5\"", "5")]
    public void What_is_not_JSON_is_a_text(string setting, string name) =>
        Assert.That(ScenarioText.Read(ScenarioText.Small, setting).Scenario.Name, Is.EqualTo(name));

    [Test]
    public void A_value_may_hold_an_equals_sign() =>
        Assert.That(ScenarioText.Read(ScenarioText.Small, "templates.0.prompt=a=b").Scenario.Templates[0].Prompt, Is.EqualTo("a=b"));

    [TestCase("name=5", "name", "5")]
    [TestCase("seed=\"5\"", "seed", "\"5\"")]
    [TestCase("seed=five", "seed", "\"five\"")]
    [TestCase("seed=", "seed", "\"\"")]
    [TestCase("seed=null", "seed", "null")]
    [TestCase("seed=NaN", "seed", "\"NaN\"")]
    [TestCase("steps=1.5", "steps", "1.5")]
    public void Texts_and_numbers_are_not_confused(string setting, string key, string found)
    {
        var fault = ScenarioText.Read(ScenarioText.Small, setting).Faults.Single();
        Assert.That((fault.Key, fault.Found), Is.EqualTo((key, found)));
    }

    [TestCase("workload.requests", "path=value")]
    [TestCase("=3", "path=value")]
    [TestCase("workload..requests=3", "path=value")]
    [TestCase("", "path=value")]
    [TestCase("seed.x=3", "nothing below \"seed\", which is neither an object nor a list")]
    [TestCase("templates.1.seed=3", "an index from 0 to 0 after \"templates\"")]
    [TestCase("templates.-1=3", "an index from 0 to 0 after \"templates\"")]
    [TestCase("templates.first.seed=3", "an index from 0 to 0 after \"templates\"")]
    public void A_path_that_leads_nowhere_is_a_fault(string setting, string allowed)
    {
        var fault = ScenarioText.Read(ScenarioText.Small.Replace("\"workload\"", "\"seed\": 1, \"workload\"", StringComparison.Ordinal), setting).Faults.Single();
        Assert.That((fault.Key, fault.Found, fault.Allowed), Is.EqualTo(("--set", $"\"{setting}\"", allowed)));
    }

    [Test]
    public void A_misspelt_key_is_a_fault_with_a_suggestion() =>
        Assert.That(
            ScenarioText.FaultsOf(ScenarioText.Small, "workload.requets=3"),
            Is.EqualTo(new[]
            {
                "workload.requets: found an unknown key; allowed: adapterNeighbourhoods, adapters, arrivals, cancellation, closedLoop, maskMargin, masks, prompts, ratePerSecond, requests, resolutions, steps, templateSkew, templates, tenantSkew, tenants, trace. Did you mean \"requests\"?",
            }));

    [Test]
    public void Settings_mend_and_break_without_hiding_other_faults() =>
        Assert.That(
            ScenarioText.Read(ScenarioText.Small, "seed=-1", "bad", "steps=0", "workload.requests=0", "workload.requests=1").Faults.Select(static fault => fault.Key),
            Is.EquivalentTo(new[] { "--set", "seed", "steps" }));
}
