using SimServe.GpuBackend.Models;
using SimServe.Policies;

namespace SimServe.Cli.Tests;

/// <summary>Verbs, options and their faults; nothing here starts a job.</summary>
public sealed class CommandLineTests
{
    [Test]
    public void Help_names_every_verb()
    {
        var result = SimServeProcess.Run("--help");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero);
            Assert.That(result.Output, Does.Contain("validate <scenario>").And.Contain("simulate <scenario>").And.Contain("list <"));
            Assert.That(result.Error, Is.Empty);
        }
    }

    [TestCase("validate", "--device", "--out", "--set", "--seed", "--format")]
    [TestCase("simulate", "--profile", "--out", "--set")]
    [TestCase("plan", "--set", "--seed", "--parallel", "--format", "--out")]
    [TestCase("generate", "--model", "--prompt", "--lora", "--controlnet", "--width", "--scheduler", "--dtype", "--seed")]
    [TestCase("edit", "--image", "--mask", "--mask-polarity", "--strength", "--as-decoded")]
    public void Help_of_a_verb_names_its_options(string verb, params string[] options)
    {
        var result = SimServeProcess.Run(verb, "--help");
        Assert.That(result.ExitCode, Is.Zero);
        foreach (var option in options)
        {
            Assert.That(result.Output, Does.Contain(option));
        }
    }

    [Test]
    public void Policies_are_listed_by_kind() =>
        Assert.That(CommandResult.Lines(SimServeProcess.Run("list", "policies").Output), Is.EqualTo(new[]
        {
            $"admission:   {string.Join(", ", PolicyCatalogue.Admission)}",
            $"batching:    {string.Join(", ", PolicyCatalogue.Batching)}",
            $"controlnets: {string.Join(", ", PolicyCatalogue.ControlNets)}",
            $"loras:       {string.Join(", ", PolicyCatalogue.Loras)}",
            $"ordering:    {string.Join(", ", PolicyCatalogue.Ordering)}",
            $"pipeline:    {string.Join(", ", PolicyCatalogue.Pipelines)}",
            $"prefetch:    {string.Join(", ", PolicyCatalogue.Prefetch)}",
            $"recovery:    {string.Join(", ", PolicyCatalogue.Recovery)}",
            $"routing:     {string.Join(", ", PolicyCatalogue.Routing)}",
            $"scaling:     {string.Join(", ", PolicyCatalogue.Scaling)}",
        }));

    [TestCase("arrivals", "poisson\nconstant\ngamma\nweibull\npiecewise\ndiurnal\nspikes\nmarkov-modulated\n")]
    [TestCase("masks", "production\nadetailer\ninpaint\nconstant:x\nuniform:a..b\n")]
    public void Names_are_listed_one_a_line(string what, string names)
    {
        var result = SimServeProcess.Run("list", what);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, names, "")));
    }

    [Test]
    public void Models_are_the_names_of_the_catalogue_and_folders_of_the_checkout()
    {
        var lines = CommandResult.Lines(SimServeProcess.Run("list", "models").Output);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Take(2), Is.EqualTo(new[] { "flux-nano", "flux-dev-shape" }));
            Assert.That(lines.Skip(2), Has.All.Matches<string>(static line => File.Exists(Repository.PathOf($"{line}/model_index.json"))));
        }
    }

    [Test]
    public void Published_models_are_listed_with_their_sizes() =>
        Assert.That(CommandResult.Lines(SimServeProcess.Run("list", "published").Output), Has.Length.EqualTo(PublishedModels.All.Count).And.Some.Matches("^flux-dev +11901.41 M parameters, +74.385"));

    [Test]
    public void The_models_of_the_scenario_schema_are_those_that_run_here_and_the_published_ones()
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Repository.PathOf("experiments/scenario.schema.json")))!;
        Assert.That(schema["properties"]!["model"]!["anyOf"]![0]!["enum"]!.AsArray().Select(static name => (string)name!), Is.EqualTo(ModelCatalogue.Names.Concat(PublishedModels.Names)));
    }

    [TestCase("../../models/demo-flux", true)]
    [TestCase("./demo-flux", true)]
    [TestCase("demo-flux", false)]
    public void What_the_scenario_schema_takes_for_a_folder_has_a_separator(string model, bool isFolder)
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Repository.PathOf("experiments/scenario.schema.json")))!;
        Assert.That(model, isFolder ? Does.Match((string)schema["properties"]!["model"]!["anyOf"]![1]!["pattern"]!) : Does.Not.Match((string)schema["properties"]!["model"]!["anyOf"]![1]!["pattern"]!));
    }

    [Test]
    public void The_policies_of_the_scenario_schema_are_those_of_the_catalogue()
    {
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Repository.PathOf("experiments/scenario.schema.json")))!;
        string[] Names(string path) =>
            [.. path.Split('/').Aggregate(schema, static (node, key) => node[key]!)["enum"]!.AsArray().Select(static name => (string)name!)];
        using (Assert.EnterMultipleScope())
        {
            foreach (var section in new[] { "properties/policies", "properties/baseline" })
            {
                Assert.That(Names($"{section}/properties/batching"), Is.EqualTo(PolicyCatalogue.Batching));
                Assert.That(Names($"{section}/properties/pipeline"), Is.EqualTo(PolicyCatalogue.Pipelines));
                Assert.That(Names($"{section}/properties/routing"), Is.EqualTo(PolicyCatalogue.Routing));
            }

            Assert.That(Names("$defs/ordering/properties/kind"), Is.EqualTo(PolicyCatalogue.Ordering));
            Assert.That(Names("$defs/admission/properties/kind"), Is.EqualTo(PolicyCatalogue.Admission));
            Assert.That(Names("$defs/scaling/properties/kind"), Is.EqualTo(PolicyCatalogue.Scaling));
            Assert.That(Names("$defs/recovery/properties/kind"), Is.EqualTo(PolicyCatalogue.Recovery));
        }
    }

    [TestCase("Required command was not provided.")]
    [TestCase("Did you mean one of the following?\nvalidate", "validat", Repository.Pictures)]
    [TestCase("Unrecognized command or argument 'serve'", "serve")]
    [TestCase("Did you mean one of the following?\n--device", "validate", Repository.Pictures, "--devise", "cpu")]
    [TestCase("Unrecognized command or argument '--bogus'", "validate", Repository.Pictures, "--bogus")]
    [TestCase("Required argument 'scenario' missing", "validate")]
    [TestCase("Argument 'tpu' not recognized. Must be one of:\n\t'cpu'\n\t'cuda'", "validate", Repository.Pictures, "--device", "tpu")]
    [TestCase("Argument 'xml' not recognized. Must be one of:\n\t'table'\n\t'json'", "validate", Repository.Pictures, "--format", "xml")]
    [TestCase("Required argument missing for option: '--set'", "validate", Repository.Pictures, "--set")]
    [TestCase("Argument 'policy' not recognized. Must be one of:\n\t'models'", "list", "policy")]
    [TestCase("--out: found \"\"; allowed: a folder, which need not exist. Name another.", "validate", Repository.Pictures, "--out", "")]
    [TestCase("--out: found \"LICENSE\"; allowed: a folder, which need not exist. Name another.", "validate", Repository.Pictures, "--out", "LICENSE")]
    public void A_faulty_line_ends_with_a_hint(string message, params string[] line)
    {
        var result = SimServeProcess.Run(line);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Output, Is.Empty);
            Assert.That(result.Error, Does.Contain(message));
            Assert.That(result.Error, Does.EndWith("Run 'simserve --help' to see what there is.\n"));
        }
    }

    [TestCase("x")]
    [TestCase("1.5")]
    [TestCase("99999999999")]
    public void A_faulty_seed_is_a_fault_like_the_scenarios_own(string seed)
    {
        var result = SimServeProcess.Run("validate", Repository.Pictures, "--seed", seed);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Single(), Does.StartWith("seed: found ").And.Contain("; allowed: a whole number from 0 to 2147483647."));
    }

    [Test]
    public void A_device_that_is_not_there_has_an_exit_code_of_its_own()
    {
        var result = SimServeProcess.Run("validate", Repository.Pictures, "--device", "cuda");
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((3, "")));
        Assert.That(result.Error, Does.Contain("no CUDA device").And.Contain("--device cpu"));
    }

    [Test]
    public void A_profile_that_is_not_there_is_a_fault()
    {
        var result = SimServeProcess.Run("simulate", Repository.Pictures, "--profile", "gone.json");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Single(), Does.StartWith("--profile: found \"gone.json\", which is not there; allowed: a profile, or pools of devices in the scenario."));
    }

    [Test]
    public void A_profile_that_is_none_is_a_fault()
    {
        var result = SimServeProcess.Run("simulate", Repository.Pictures, "--profile", "experiments/scenario.schema.json");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Single(), Does.Contain("allowed: a profile that 'simserve profile' or 'simserve validate' wrote"));
    }
}
