using System.Text.Json.Nodes;
using SimServe.Slimming.Plans;

namespace SimServe.Slimming.Tests.Plans;

public sealed class SlimPlanTests
{
    private static readonly PlanOrigin Origin = new() { ModelName = "unet-test", ModelIdentity = "abc", Seed = 5 };

    private string _folder = "";

    private string File => Path.Combine(_folder, "plan.json");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("plan").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_plan_comes_back_as_it_was_written_and_leaves_nothing_else()
    {
        var target = TestTarget.Of();
        var plan = Plan(target);
        plan.Write(File);
        var read = SlimPlan.Read(File, target);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.ToJson(), Is.EqualTo(plan.ToJson()));
            Assert.That(read.Widths(), Is.EqualTo(plan.Widths()));
            Assert.That(read.Strategy.Inner!.Parameters, Is.EqualTo(plan.Strategy.Inner!.Parameters));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
            Assert.That(read.Schema, Is.EqualTo(1));
        }
    }

    [Test]
    public void The_same_seed_gives_the_same_bytes_and_another_another_plan()
    {
        Assert.That(Random(3), Is.EqualTo(Random(3)));
        Assert.That(Random(4), Is.Not.EqualTo(Random(3)));

        static string Random(long seed)
        {
            var target = TestTarget.Of();
            return SlimPlan.Of(target, target.Spectra, new Budget(BudgetKind.Macs, 0.5, new RandomAllocation(seed)), Origin with { Seed = seed, Selection = "random" }).ToJson();
        }
    }

    [Test]
    public void A_plan_tells_what_each_group_keeps_and_weighs()
    {
        var target = TestTarget.Of();
        var plan = Plan(target);
        for (var index = 0; index < plan.Groups.Count; index++)
        {
            var (group, spectrum) = (plan.Groups[index], target.Spectra[index]);
            Assert.That(group.KeptVariance, Is.EqualTo(spectrum.Share(group.UnitsAfter)).Within(1e-6));
            Assert.That(group.NullUnits, index % 2 == 0 ? Is.EqualTo(group.UnitsAfter).Within(3) : Is.GreaterThan(group.UnitsAfter));
            Assert.That(group.ParametersBefore, Is.EqualTo((long)group.UnitsBefore * target.Samples[index]));
            Assert.That(group.ParametersAfter, Is.EqualTo((long)group.UnitsAfter * target.Samples[index]));
            Assert.That(group.MacsAfter, Is.EqualTo(group.ParametersAfter * (index + 1)));
            Assert.That(group.Tied, Is.EqualTo(new[] { $"norms.{index}" }));
        }

        Assert.That(plan.Before.Parameters - plan.After.Parameters, Is.EqualTo(plan.Groups.Sum(static group => group.ParametersBefore - group.ParametersAfter)));
        Assert.That(plan.After.Seconds, Is.EqualTo(target.SecondsOf(plan.Widths())));
    }

    [Test]
    public void A_plan_without_seconds_comes_back_too()
    {
        var model = TestTarget.Of();
        var target = new TestTarget { Groups = model.Groups, Samples = model.Samples, Spectra = model.Spectra };
        Plan(target).Write(File);
        Assert.That(SlimPlan.Read(File, target).After.Seconds, Is.Null);
    }

    // A change of a sound plan, and what the message must say of it.
    private static IEnumerable<TestCaseData<Action<JsonObject>, string>> Faults()
    {
        (string Name, Action<JsonObject> Change, string Message)[] all =
        [
            ("another schema", static plan => plan["schema"] = 2, "schema is 2"),
            ("no schema", static plan => plan.Remove("schema"), "schema is missing"),
            ("no model", static plan => plan.Remove("model"), "model is missing"),
            ("no identity", static plan => plan["model"]!.AsObject().Remove("identity"), "model.identity is missing"),
            ("an empty name", static plan => plan["model"]!["name"] = "", "model.name is \"\""),
            ("another source", static plan => plan["energySource"] = "hearsay", "energySource is \"hearsay\"; it must be one of weights, activations, whitened"),
            ("no strategy", static plan => plan["strategy"] = 3, "strategy is 3"),
            ("a strategy with a text", static plan => plan["strategy"]!["parameters"]!["parameters"] = "half", "strategy.parameters.parameters is \"half\""),
            ("an unknown selection", static plan => plan["selection"] = "best", "one of l1, l2, geometric-median, scale, random"),
            ("a seed that is none", static plan => plan["seed"] = 1.5, "seed is 1.5"),
            ("an unknown key", static plan => plan["sed"] = 1, "sed is no key of a plan"),
            ("an unknown key of a group", static plan => Group(plan)["with"] = 1, "groups[0].with is no key of a plan"),
            ("totals that are negative", static plan => plan["after"]!["macs"] = -1, "after.macs is -1"),
            ("totals that grow", static plan => plan["after"]!["parameters"] = 1 << 30, "larger than before"),
            ("no groups", static plan => plan["groups"] = new JsonArray(), "groups is []"),
            ("a group that is none", static plan => plan["groups"]![0] = 4, "groups[0] is 4"),
            ("another kind", static plan => Group(plan)["kind"] = "magic", "groups[0].kind is \"magic\""),
            ("no units", static plan => Group(plan)["unitsAfter"] = 0, "groups[0].unitsAfter is 0"),
            ("more units than before", static plan => Group(plan)["unitsAfter"] = 17, "'blocks.0' cannot have 17 units after"),
            ("fewer units than the minimum", static plan => Group(plan)["unitsAfter"] = 1, "it may have 2 to 16"),
            ("no multiple", static plan => (Group(plan)["multiple"], Group(plan)["unitsAfter"]) = (8, 9), "multiples of 8 from 8 to 16"),
            ("a protected group that is cut", static plan => Group(plan)["isProtected"] = true, "keeps all 16"),
            ("too much variance", static plan => Group(plan)["keptVariance"] = 1.5, "groups[0].keptVariance is 1.5"),
            ("a flag that is none", static plan => Group(plan)["isProtected"] = "no", "groups[0].isProtected is \"no\""),
            ("ties that are none", static plan => Group(plan)["tied"] = "norm", "groups[0].tied is \"norm\""),
            ("a group twice", static plan => plan["groups"]!.AsArray().Add(Group(plan).DeepClone()), "'blocks.0' is there 2 times"),
            ("an unknown group", static plan => Group(plan)["name"] = "blocks.x", "no group 'blocks.x'"),
            ("a group that is missing", static plan => plan["groups"]!.AsArray().RemoveAt(3), "nothing of the model's group 'blocks.3'"),
            ("another model's units", static plan => Group(plan)["unitsBefore"] = 20, "20 units before in the plan and 16 in the model"),
            ("another model's kind", static plan => Group(plan)["kind"] = "attentionHeads", "AttentionHeads in the plan and ConvolutionInterior in the model"),
            ("widths changed by hand", static plan => Group(plan)["unitsAfter"] = (int)Group(plan)["unitsAfter"]! + 1, "were they changed by hand"),
        ];
        return all.Select(static fault => new TestCaseData<Action<JsonObject>, string>(fault.Change, fault.Message).SetArgDisplayNames(fault.Name));
    }

    [TestCaseSource(nameof(Faults))]
    public void Every_fault_is_told(Action<JsonObject> change, string message)
    {
        var target = TestTarget.Of();
        var plan = JsonNode.Parse(Plan(target).ToJson())!.AsObject();
        change(plan);
        System.IO.File.WriteAllText(File, plan.ToJsonString());
        Assert.That(() => SlimPlan.Read(File, target), Throws.InstanceOf<SlimmingException>().With.Message.Contains(message).And.Message.StartWith(File));
    }

    [Test]
    public void All_faults_are_told_at_once()
    {
        var target = TestTarget.Of();
        var plan = JsonNode.Parse(Plan(target).ToJson())!.AsObject();
        (plan["seed"], plan["selection"], Group(plan)["keptVariance"], Group(plan)["name"]) = ("one", "best", -1, "blocks.x");
        System.IO.File.WriteAllText(File, plan.ToJsonString());
        Assert.That(() => SlimPlan.Read(File, target), Throws.InstanceOf<SlimmingException>().With.Property("Faults").Count.EqualTo(5));
    }

    [Test]
    public void What_is_no_JSON_and_keys_that_come_twice_are_told()
    {
        System.IO.File.WriteAllText(File, "{ \"schema\": 1, ");
        Assert.That(() => SlimPlan.Read(File), Throws.InstanceOf<SlimmingException>().With.Message.Contains("not JSON"));
        System.IO.File.WriteAllText(File, Plan(TestTarget.Of()).ToJson().Replace("\"seed\": 5,", "\"seed\": 5, \"seed\": 6,"));
        Assert.That(() => SlimPlan.Read(File), Throws.InstanceOf<SlimmingException>().With.Message.Contains("seed is there twice"));
        System.IO.File.WriteAllText(File, "[]");
        Assert.That(() => SlimPlan.Read(File), Throws.InstanceOf<SlimmingException>().With.Message.Contains("an object"));
    }

    [Test]
    public void A_selection_that_is_not_known_is_refused_before_anything_is_chosen()
    {
        var target = TestTarget.Of();
        Assert.That(() => SlimPlan.Of(target, [], new Uniform(0.5), Origin with { Selection = "best" }), Throws.InstanceOf<SlimmingException>().With.Message.Contains("known are"));
    }

    private static JsonObject Group(JsonObject plan) => plan["groups"]![0]!.AsObject();

    private static SlimPlan Plan(TestTarget target) => SlimPlan.Of(target, target.Spectra, new Budget(BudgetKind.Parameters, 0.6, new VarianceThreshold(0.5)), Origin);
}
