
namespace SimServe.Cli.Tests;

/// <summary>Bad scenarios: exit code 2, one message with every fault, nothing written.</summary>
public sealed class InvalidScenarioTests : IDisposable
{
    private readonly ScenarioFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<TestCaseData> SingleFaults()
    {
        const string Whole = "Write a whole number in that range, without quotes.";
        const string Real = "Write a number in that range, without quotes.";
        return
        [
            Fault("unknown key", "\"ratePerSecond\"", "\"burst\": 3, \"ratePerSecond\"", "workload.burst: found an unknown key; allowed: adapterNeighbourhoods, adapters, arrivals, cancellation, closedLoop, maskMargin, masks, prompts, ratePerSecond, requests, resolutions, steps, templateSkew, templates, tenantSkew, tenants, trace. Use one of those."),
            Fault("share above 1", "\"ratePerSecond\"", "\"cancellation\": { \"share\": 2, \"meanSeconds\": 1 }, \"ratePerSecond\"", $"workload.cancellation.share: found 2; allowed: a number from 0 to 1. {Real}"),
            Fault("misspelt key", "\"seed\": 1,", "\"sed\": 1,", "sed: found an unknown key; allowed: $schema, addOns, baseline, cache, classes, edits, faults, fleet, model, name, policies, profileSeconds, seed, steps, templates, workload. Did you mean \"seed\"?"),
            Fault("key twice", "\"seed\": 1,", "\"seed\": 1, \"seed\": 2,", "seed: found the key twice; allowed: each key once. Remove one of the two."),
            Fault("key twice below", "\"workers\": 2", "\"workers\": 2, \"workers\": 2", "fleet.workers: found the key twice; allowed: each key once. Remove one of the two."),
            Fault("missing key", "\"workers\": 2,", "", "fleet.workers: found nothing; allowed: a whole number from 1 to 100000. Add the key."),
            Fault("template without image", "\"image\": \"template.png\",", "", "templates[0].image: found nothing; allowed: a text in quotes. Add the key."),
            Fault("text for a number", "\"requests\": 6", "\"requests\": \"6\"", $"workload.requests: found \"6\"; allowed: a whole number from 1 to 10000000. {Whole}"),
            Fault("number for a text", "\"prompt\": \"a harbour\"", "\"prompt\": 3", "templates[0].prompt: found 3; allowed: a text in quotes, not empty. Write a text."),
            Fault("empty text", "\"prompt\": \"a harbour\"", "\"prompt\": \"\"", "templates[0].prompt: found \"\"; allowed: a text in quotes, not empty. Write a text."),
            Fault("number for a name", "\"routing\": \"mask-aware\"", "\"routing\": 3", "policies.routing: found 3; allowed: \"round-robin\", \"random\", \"power-of-two\", \"least-requests\", \"least-masked-tokens\", \"shortest-work\", \"least-batch-latency\", \"mask-aware\", \"cache-aware\", \"template-affinity\", \"adapter-affinity\", \"always-busiest\". Use one of those, in quotes."),
            Fault("decimals for a whole number", "\"requests\": 6", "\"requests\": 6.5", $"workload.requests: found 6.5; allowed: a whole number from 1 to 10000000. {Whole}"),
            Fault("text for a flag", "\"warmTemplates\": true", "\"warmTemplates\": \"yes\"", "fleet.warmTemplates: found \"yes\"; allowed: true or false. Write it without quotes."),
            Fault("templates recorded ahead and no store", "\"warmTemplates\": true", "\"warmTemplates\": true, \"host\": { \"cacheHosts\": 0 }", "fleet.host.cacheHosts: found 0 beside warmTemplates; allowed: at least 1, or warmTemplates false. Without a store nothing can be recorded ahead: let the run begin cold."),
            Fault("null", "\"steps\": 2", "\"steps\": null", $"steps: found null; allowed: a whole number from 1 to 1000. {Whole}"),
            Fault("null section", "\"baseline\": { \"pipeline\": \"full\" }", "\"baseline\": null", "baseline: found null; allowed: an object { ... }. Write its keys and values between braces."),
            Fault("number for a section", "\"baseline\": { \"pipeline\": \"full\" }", "\"baseline\": 7", "baseline: found 7; allowed: an object { ... }. Write its keys and values between braces."),
            Fault("object for a list", "\"prompts\": [\"a lantern\"]", "\"prompts\": {}", "workload.prompts: found {}; allowed: a list [ ... ]. Write a list."),
            Fault("number in a list of texts", "\"prompts\": [\"a lantern\"]", "\"prompts\": [\"a lantern\", 5]", "workload.prompts[1]: found 5; allowed: a text in quotes, not empty. Write a text."),
            Fault("wrong nesting", "\"profileSeconds\": 1", "\"profileSeconds\": { \"seconds\": 1 }", $"profileSeconds: found {{ \"seconds\": 1 }}; allowed: a number from 1 to 3600. {Real}"),
            Fault("zero workers", "\"workers\": 2", "\"workers\": 0", $"fleet.workers: found 0; allowed: a whole number from 1 to 100000. {Whole}"),
            Fault("negative rate", "\"ratePerSecond\": 2.5", "\"ratePerSecond\": -2", $"workload.ratePerSecond: found -2; allowed: a number from 0.000001 to 1000000. {Real}"),
            Fault("negative requests", "\"requests\": 6", "\"requests\": -1", $"workload.requests: found -1; allowed: a whole number from 1 to 10000000. {Whole}"),
            Fault("NaN", "\"ratePerSecond\": 2.5", "\"ratePerSecond\": NaN", $"workload.ratePerSecond: found \"NaN\"; allowed: a number from 0.000001 to 1000000. {Real}"),
            Fault("NaN in quotes", "\"ratePerSecond\": 2.5", "\"ratePerSecond\": \"NaN\"", $"workload.ratePerSecond: found \"NaN\"; allowed: a number from 0.000001 to 1000000. {Real}"),
            Fault("more than a number can be", "\"ratePerSecond\": 2.5", "\"ratePerSecond\": 1e999", $"workload.ratePerSecond: found 1e999; allowed: a number from 0.000001 to 1000000. {Real}"),
            Fault("more than a whole number can be", "\"seed\": 1,", "\"seed\": 1e999,", $"seed: found 1e999; allowed: a whole number from 0 to 2147483647. {Whole}"),
            Fault("unknown model", "\"flux-nano\"", "\"flux-nan\"", "model: found \"flux-nan\"; allowed: \"flux-nano\", \"flux-dev-shape\". Did you mean \"flux-nano\"?"),
            Fault("unknown batching", "\"batching\": \"continuous\"", "\"batching\": \"none\"", "policies.batching: found \"none\"; allowed: \"static\", \"continuous\", \"slo-continuous\", \"naive-continuous\". Use one of those."),
            Fault("unknown pipeline", "\"pipeline\": \"optimal\"", "\"pipeline\": \"Optimal\"", "policies.pipeline: found \"Optimal\"; allowed: \"full\", \"sequential\", \"strawman\", \"greedy\", \"optimal\". Did you mean \"optimal\"?"),
            Fault("unknown routing", "\"routing\": \"mask-aware\"", "\"routing\": \"maskaware\"", "policies.routing: found \"maskaware\"; allowed: \"round-robin\", \"random\", \"power-of-two\", \"least-requests\", \"least-masked-tokens\", \"shortest-work\", \"least-batch-latency\", \"mask-aware\", \"cache-aware\", \"template-affinity\", \"adapter-affinity\", \"always-busiest\". Did you mean \"mask-aware\"?"),
            Fault("unknown variant", "\"steps\": 2", "\"steps\": 2, \"cache\": { \"variant\": \"key-values\" }", "cache.variant: found \"key-values\"; allowed: \"block-input\", \"keys-values\". Did you mean \"keys-values\"?"),
            Fault("unknown numbers", "\"steps\": 2", "\"steps\": 2, \"cache\": { \"numbers\": \"int4\" }", "cache.numbers: found \"int4\"; allowed: \"model\", \"float32\", \"bfloat16\", \"int8\", \"float8\". Did you mean \"int8\"?"),
            Fault("unknown masks", "\"production\"", "\"constant:2\"", "workload.masks: found \"constant:2\"; allowed: production, adetailer, inpaint, constant:x, uniform:a..b. Use one of those, with 0 < x <= 1 and 0 <= a < b <= 1."),
            Fault("template that is not there", "\"template\": 0", "\"template\": 1", $"edits[0].template: found 1; allowed: a whole number from 0 to 0. {Whole}"),
            Fault("worker that is not there", "\"worker\": 1", "\"worker\": 2", $"faults[0].worker: found 2; allowed: a whole number from 0 to 1. {Whole}"),
            Fault("missing image", "template.png", "templat.png", "templates[0].image: found \"templat.png\", which is not there; allowed: a PNG file. Check the path: it starts at the scenario's folder."),
            Fault("missing mask", "mask.png", "masc.png", "edits[0].mask: found \"masc.png\", which is not there; allowed: a PNG file. Check the path: it starts at the scenario's folder."),
            Fault("image of another size", "template.png", "small.png", "templates[0].image: found an image of 64x32 pixels; allowed: 256x256 pixels, the size of flux-nano. Scale or crop the image."),
            Fault("mask of another size", "mask.png", "small.png", "edits[0].mask: found a mask of 64x32 pixels; allowed: 256x256 pixels, the size of flux-nano. A mask has the size of its image: scale or crop it."),
            Fault("black mask", "mask.png", "black.png", "edits[0].mask: found a mask that is all black; allowed: at least one white pixel. Paint white what is to be edited."),
            Fault("name that is no folder", "\"small\"", "\"../small\"", "name: found \"../small\"; allowed: letters, digits, spaces, dots, - and _. Results go to a folder of that name: rename it."),
        ];

        static TestCaseData Fault(string kind, string good, string bad, string message) =>
            new TestCaseData(good, bad, message).SetArgDisplayNames(kind);
    }

    [TestCaseSource(nameof(SingleFaults))]
    public void A_fault_is_named_with_key_value_range_and_fix(string good, string bad, string message)
    {
        Assert.That(ScenarioFolder.Good.Split(good), Has.Length.EqualTo(2), "the good scenario must have it exactly once");
        AssertFaults(_folder.Validate(ScenarioFolder.Good.Replace(good, bad, StringComparison.Ordinal)), message);
    }

    [TestCase("mask.png", "edits[0].mask", "text.png")]
    [TestCase("template.png", "templates[0].image", "text.png")]
    [TestCase("template.png", "templates[0].image", "cut.png")]
    public void A_file_that_is_no_PNG_image_is_named(string good, string key, string bad)
    {
        var result = _folder.Validate(ScenarioFolder.Good.Replace(good, bad, StringComparison.Ordinal));
        AssertFaults(result, result.Faults.Single());
        Assert.That(result.Faults[0], Does.StartWith($"{key}: found \"{bad}\"; allowed: a PNG image. '{_folder.PathOf(bad)}' is "));
    }

    [Test]
    public void Many_faults_make_one_message_that_lists_them_all()
    {
        var result = _folder.Validate(
            """
            {
              "name": 5, "seed": -1, "model": "sdxl", "steps": 0, "stepz": 3,
              "fleet": { "workers": 0, "linkBytesPerSecond": "fast", "warmTemplates": 1, "gpus": 2 },
              "templates": [ { "prompt": "no image" }, { "image": "gone.png", "prompt": "x" }, { "image": "small.png", "prompt": "x" }, 7 ],
              "edits": [
                { "template": 9, "mask": "black.png", "prompt": "x" },
                { "template": 0, "mask": "small.png", "prompt": "x" },
                { "template": 0, "mask": "text.png", "prompt": null },
              ],
              "workload": { "requests": 2.5, "ratePerSecnd": 2, "ratePerSecond": NaN, "masks": "none", "templateSkew": 1e999, "prompts": "one" },
              "policies": { "batching": "x", "maxBatchSize": 0, "maxWaitSeconds": -1, "pipeline": "x", "routing": "x" },
              "baseline": [],
              "profileSeconds": Infinity,
              "faults": [ { "worker": -1, "atSeconds": -1, "atSeconds": 2 } ],
            }
            """,
            "--set", "nowhere", "--seed", "-7");
        string[] keys =
        [
            "--set", "name", "seed", "model", "steps", "stepz",
            "fleet.workers", "fleet.linkBytesPerSecond", "fleet.warmTemplates", "fleet.gpus",
            "templates[0].image", "templates[1].image", "templates[2].image", "templates[3]",
            "edits[0].template", "edits[0].mask", "edits[1].mask", "edits[2].mask", "edits[2].prompt",
            "workload.requests", "workload.ratePerSecnd", "workload.ratePerSecond", "workload.masks", "workload.templateSkew", "workload.prompts",
            "policies.batching", "policies.maxBatchSize", "policies.maxWaitSeconds", "policies.pipeline", "policies.routing",
            "baseline", "profileSeconds", "faults[0].worker", "faults[0].atSeconds", "faults[0].atSeconds",
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Faults.Select(static fault => fault.Split(": found ")[0]), Is.EquivalentTo(keys));
            Assert.That(result.Faults, Has.Some.Contains("Did you mean \"ratePerSecond\"?"));
            Assert.That(result.Faults, Has.All.Match("^.+: found .+; allowed: .+\\. .+$"));
        }

        AssertFaults(result, result.Faults);
    }

    [Test]
    public void Comments_and_trailing_commas_are_no_fault() => AssertFaults(
        _folder.Validate(ScenarioFolder.Good, "--seed", "-1"),
        "seed: found -1; allowed: a whole number from 0 to 2147483647. Write a whole number in that range, without quotes.");

    [TestCase("", "line 1: found nothing; allowed: JSON; comments and trailing commas may stay.")]
    [TestCase("[ 1 ]", "(the file): found [ 1 ]; allowed: an object { ... }. Write its keys and values between braces.")]
    [TestCase("{\n  \"seed\": one\n}", "line 2: found \"seed\": one; allowed: JSON; comments and trailing commas may stay. Correct it: 'o' is an invalid start of a value.")]
    [TestCase("{\n  \"seed\": 1", "line 2: found \"seed\": 1; allowed: JSON; comments and trailing commas may stay.")]
    public void A_file_that_is_no_scenario_says_so(string text, string message)
    {
        var result = _folder.Validate(text);
        AssertFaults(result, result.Faults.Single());
        Assert.That(result.Faults[0], Does.StartWith(message));
    }

    [Test]
    public void A_scenario_that_is_not_there_is_a_fault()
    {
        var file = _folder.PathOf("gone.json");
        var result = SimServeProcess.Run("validate", file, "--out", _folder.Output);
        AssertFaults(result, $"SCENARIO: found \"{file}\"; allowed: a scenario file that exists. Check the path; experiments/quickstart/scenario.json is one.");
    }

    private void AssertFaults(CommandResult result, params string[] faults)
    {
        var head = CommandResult.Lines(result.Error)[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
            Assert.That(result.Output, Is.Empty);
            Assert.That(head, Does.EndWith(faults.Length == 1 ? ".json has 1 fault:" : $".json has {faults.Length} faults:"));
            Assert.That(CommandResult.Lines(result.Error)[1..], Is.EqualTo(faults.Select(static fault => $"  - {fault}")));
            Assert.That(_folder.Output, Does.Not.Exist);
        }
    }
}
