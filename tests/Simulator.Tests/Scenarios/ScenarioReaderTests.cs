using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    [Test]
    public void A_small_scenario_gets_the_documented_defaults()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(scenario.Name, Is.EqualTo("small"), "the file's name");
            Assert.That(scenario.Fleet, Is.EqualTo(new FleetOptions(2, 2.5e8, true)));
            Assert.That(scenario.Baseline, Is.EqualTo(scenario.Policies with { Pipeline = "full" }));
            Assert.That(scenario.Edits, Is.Empty);
            Assert.That(scenario.Workload.Prompts, Is.Null);
        }
    }

    [Test]
    public void The_baseline_differs_from_the_policies_only_in_what_it_says()
    {
        var (scenario, _) = ScenarioText.Read(ScenarioText.Small, "policies.routing=round-robin", "policies.maxBatchSize=2", "baseline.batching=static");
        Assert.That(scenario.Baseline, Is.EqualTo(scenario.Policies with { Batching = "static", Pipeline = "full" }));
    }

    [Test]
    public void A_byte_order_mark_is_no_fault() => Assert.That(ScenarioText.FaultsOf("\uFEFF" + ScenarioText.Small), Is.Empty);

    [Test]
    public void Images_are_beside_the_scenario()
    {
        var image = ScenarioText.Read(ScenarioText.Small).Scenario.Templates[0].Image;
        Assert.That(Path.IsPathRooted(image) && Path.GetFileName(image) == "template.png", image);
    }

    [TestCase("NaN")]
    [TestCase("nan")]
    [TestCase("Infinity")]
    [TestCase("-Infinity")]
    public void What_is_not_a_number_is_a_fault_of_its_key(string number) =>
        Assert.That(ScenarioText.FaultsOf(ScenarioText.Small.Replace("\"ratePerSecond\": 2", $"\"ratePerSecond\": {number}", StringComparison.Ordinal)),
            Is.EqualTo(new[]
            {
                $"workload.ratePerSecond: found \"{number}\"; allowed: a number from 0.000001 to 1000000. Write a number in that range, without quotes.",
            }));

    [Test]
    public void NaN_in_a_text_or_a_comment_is_left_alone()
    {
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small.Replace("a harbour", "NaN, \\\"NaN\\\" // NaN", StringComparison.Ordinal)
            .Replace("One picture", "NaN \"quoted", StringComparison.Ordinal));
        Assert.That(faults, Is.Empty);
        Assert.That(scenario.Templates[0].Prompt, Is.EqualTo("NaN, \"NaN\" // NaN"));
    }

    [Test]
    public void A_section_of_the_wrong_kind_is_one_fault_not_one_per_key() =>
        Assert.That(
            ScenarioText.FaultsOf(ScenarioText.Small, "workload=5", "templates=[3]", "fleet=null"),
            Is.EquivalentTo(new[]
            {
                "workload: found 5; allowed: an object { ... }. Write its keys and values between braces.",
                "templates[0]: found 3; allowed: an object { ... }. Write its keys and values between braces.",
                "fleet: found null; allowed: an object { ... }. Write its keys and values between braces.",
            }));

    [Test]
    public void A_faulty_fleet_or_template_list_does_not_make_indices_faulty() =>
        Assert.That(
            ScenarioText.Read(
                ScenarioText.Small, "fleet.workers=0", "faults=[{\"worker\":7,\"atSeconds\":1}]",
                "templates=[]", "edits=[{\"template\":2,\"mask\":\"mask.png\",\"prompt\":\"a boat\"}]").Faults.Select(static fault => fault.Key),
            Is.EquivalentTo(new[] { "fleet.workers", "templates" }));

    [TestCase("../elsewhere")]
    [TestCase("a/b")]
    [TestCase("..")]
    [TestCase(" ")]
    public void A_name_that_is_no_folder_name_is_a_fault(string name) =>
        Assert.That(ScenarioText.Read(ScenarioText.Small, $"name=\"{name}\"").Faults.Single().Key, Is.EqualTo("name"));

    [TestCase("constant:0.2", true)]
    [TestCase("uniform:0.1..0.4", true)]
    [TestCase("constant:0", false)]
    [TestCase("constant:NaN", false)]
    [TestCase("uniform:0.4..0.1", false)]
    [TestCase("productoin", false)]
    public void Mask_distributions_are_checked(string masks, bool allowed) =>
        Assert.That(ScenarioText.Read(ScenarioText.Small, $"workload.masks={masks}").Faults, Has.Count.EqualTo(allowed ? 0 : 1));

    [Test]
    public void Half_a_character_is_a_fault_not_a_crash([Values("name", "bogus")] string key, [Values] bool withSettings) =>
        Assert.That(
            () => ScenarioText.Read($$"""{ "{{key}}": "\ud800", "\ud800": 1 }""", withSettings ? ["seed=2"] : []),
            Throws.TypeOf<InvalidInputException>());

    [Test]
    public void Text_that_is_not_JSON_names_its_line_and_what_stands_there() =>
        Assert.That(
            () => ScenarioText.Read("{\n  \"seed\": 1\n  \"steps\": 8\n}"),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains("line 3: found \"steps\": 8; allowed: JSON"));

    [Test]
    public void A_key_that_stands_twice_is_named_whatever_the_settings([Values("", "seed=3", "workload.requests=3")] string setting)
    {
        var twice = ScenarioText.Small.Replace("\"requests\": 6", "\"requests\": 6, \"requests\": 7", StringComparison.Ordinal);
        Assert.That(
            ScenarioText.FaultsOf(twice, setting.Length == 0 ? [] : [setting]),
            Is.EqualTo(new[] { "workload.requests: found the key twice; allowed: each key once. Remove one of the two." }));
    }

    [Test]
    public void A_margin_masks_more_tokens_and_edits_the_same_in_every_world()
    {
        var grid = new TokenGrid(16, 16, 16);
        var (scenario, faults) = ScenarioText.Read(ScenarioText.Small, "workload.maskMargin=1");
        var plain = ScenarioWorkload.Build(ScenarioText.Read(ScenarioText.Small).Scenario, grid, []);
        var served = ScenarioWorkload.Build(scenario, grid, []);
        var simulated = ScenarioWorkload.Stream(scenario, grid, [], scenario.Seed, maskShapes: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Is.Empty);
            Assert.That(served.Select(static request => request.Mask.EditedTokens()), Is.EqualTo(plain.Select(static request => request.Mask.Tokens(masked: true))));
            Assert.That(served.Zip(plain, static (wide, narrow) => wide.Mask.MaskedTokens - narrow.Mask.MaskedTokens), Is.All.GreaterThan(0));
            foreach (var request in served)
            {
                Assert.That(simulated.TryNext(out var same) && same.Mask.MaskedTokens == request.Mask.MaskedTokens);
            }
        }
    }
}
