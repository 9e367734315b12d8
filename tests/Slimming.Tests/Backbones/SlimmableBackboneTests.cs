using System.Text.Json.Nodes;
using CsCheck;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Pipelines;
using SimServe.Slimming.Backbones;
using SimServe.Slimming.Plans;
using SimServe.Slimming.Selection;
using TorchSharp;

namespace SimServe.Slimming.Tests.Backbones;

/// <summary>Surgery on the demo models.</summary>
public sealed class SlimmableBackboneTests
{
    private static readonly string[] Demos = ["demo-sd", "demo-flux"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-slim-");

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(Demos))]
    public void Sizes_are_those_that_the_model_s_shape_counts_at_any_widths(string model)
    {
        using var backbone = SlimmableBackbone.Open(Models(model));
        Gen.Double[0.01, 1].Array[backbone.Groups.Count].Sample(
            shares =>
            {
                int[] widths = [.. backbone.Groups.Zip(shares, static (group, share) => group.Width(share * group.Units))];
                return backbone.SizeOf(widths) == backbone.Counted(widths);
            },
            iter: 20);
    }

    [TestCaseSource(nameof(Demos))]
    public void Cutting_nothing_leaves_every_weight_bit_by_bit(string model)
    {
        using var scope = torch.NewDisposeScope();
        using var backbone = SlimmableBackbone.Open(Models(model));
        var kept = backbone.Kept([.. backbone.Groups.Select(static group => group.Units)], SelectionCatalogue.Create("l1", 1));
        backbone.Write(kept, Models(model), Out, null, static _ => { });
        using var before = WeightFiles.Open(Path.Combine(Models(model), backbone.Component));
        using var after = WeightFiles.Open(Path.Combine(Out, backbone.Component));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Names, Is.EquivalentTo(before.Names));
            Assert.That(before.Names.Where(name => !after.Read(name).equal(before.Read(name)).all().item<bool>()), Is.Empty);
        }
    }

    [TestCaseSource(nameof(Demos))]
    public void A_slim_folder_opens_as_a_pipeline_has_the_planned_parameters_and_all_other_files(string model)
    {
        using var backbone = SlimmableBackbone.Open(Models(model));
        var plan = SlimPlan.Of(backbone, backbone.Spectra(), new Budget(BudgetKind.Parameters, 0.7, new VarianceThreshold(1)), new PlanOrigin { ModelName = backbone.Name, ModelIdentity = backbone.Identity() });
        backbone.Write(backbone.Kept(plan.Widths(), SelectionCatalogue.Create(plan.Selection, plan.Seed)), Models(model), Out, null, folder => plan.Write(Path.Combine(folder, "slim-plan.json")));
        using var pipeline = PipelineFactory.Open(Out, new PipelineOptions());
        using var slim = SlimmableBackbone.Open(Out);
        using var weights = WeightFiles.Open(Path.Combine(Out, backbone.Component));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plan.After.Parameters, Is.LessThanOrEqualTo(0.7 * plan.Before.Parameters).And.GreaterThan(0.69 * plan.Before.Parameters));
            Assert.That(weights.Names.Sum(name => weights.Entry(name).Count), Is.EqualTo(plan.After.Parameters));
            Assert.That(slim.Groups.Select(static group => group.Units), Is.EqualTo(plan.Widths()), "it can be slimmed again");
            Assert.That(FilesOf(Out).Except(["slim-plan.json"]), Is.EquivalentTo(FilesOf(Models(model))));
            Assert.That(SlimPlan.Read(Path.Combine(Out, "slim-plan.json"), backbone).ToJson(), Is.EqualTo(plan.ToJson()));
        }
    }

    [Test]
    public void Every_group_of_a_norm_keeps_as_many_channels()
    {
        using var backbone = SlimmableBackbone.Open(Models("demo-sd"));
        int[] widths = [.. backbone.Groups.Select(static group => group.Width(0.5 * group.Units))];
        var kept = backbone.Kept(widths, SelectionCatalogue.Create("l2", 1));
        using (Assert.EnterMultipleScope())
        {
            foreach (var (group, units) in backbone.Groups.Zip(kept).Where(static pair => pair.First.Kind == UnitKind.ConvolutionInterior))
            {
                Assert.That(units.GroupBy(unit => unit / (group.Units / group.Multiple)).Select(static inGroup => inGroup.Count()), Has.All.EqualTo(units.Length / group.Multiple), group.Name);
                Assert.That(units, Is.Ordered.And.Unique);
            }
        }
    }

    [Test]
    public void What_a_unit_reads_and_writes_is_cut_together()
    {
        using var scope = torch.NewDisposeScope();
        using var backbone = SlimmableBackbone.Open(Models("demo-flux"));
        int[][] kept = [.. backbone.Groups.Select((group, index) => index == 4 ? new[] { 3, 7, 500 } : [.. Enumerable.Range(0, group.Units)])];
        var (part, cut) = (backbone.Parts[4], backbone.Cut(kept));
        using var files = WeightFiles.Open(Path.Combine(Models("demo-flux"), "transformer"));
        var (name, width) = (part.Group.Name, files.Read($"{part.Group.Name}.proj_mlp.weight").shape[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(name, Does.StartWith("single_transformer_blocks."));
            Assert.That(cut[$"{name}.proj_mlp.weight"][1].equal(files.Read($"{name}.proj_mlp.weight")[7]).all().item<bool>());
            Assert.That(cut[$"{name}.proj_mlp.bias"].shape, Is.EqualTo(new long[] { 3 }));
            Assert.That(cut[$"{name}.proj_out.weight"].shape[1], Is.EqualTo(width + 3));
            Assert.That(cut[$"{name}.proj_out.weight"].narrow(1, 0, width).equal(files.Read($"{name}.proj_out.weight").narrow(1, 0, width)).all().item<bool>(), "the attention's columns stay");
            Assert.That(cut[$"{name}.proj_out.weight"].select(1, width + 2).equal(files.Read($"{name}.proj_out.weight").select(1, width + 500)).all().item<bool>());
        }
    }

    [Test]
    public void Numbers_that_are_not_finite_are_refused_before_any_work()
    {
        Copy(Models("demo-sd"), Out);
        var path = Path.Combine(Out, "unet", "diffusion_pytorch_model.safetensors");
        using (torch.NewDisposeScope())
        {
            Dictionary<string, torch.Tensor> weights;
            using (var files = WeightFiles.Open(path))
            {
                weights = files.Names.ToDictionary(static name => name, name => files.Read(name).clone());
            }

            weights["mid_block.resnets.0.conv1.weight"].fill_(float.NaN);
            SafetensorsWriter.Write(path, weights);
        }

        Assert.That(() => SlimmableBackbone.Open(Out), Throws.TypeOf<ModelFileException>().With.Message.Contains("mid_block.resnets.0.conv1.weight").And.Message.Contains("not finite"));
    }

    [Test]
    public void Other_families_and_folders_without_a_denoiser_are_refused()
    {
        Copy(Models("demo-sd"), Out);
        var path = Path.Combine(Out, "unet", "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["_class_name"] = "UNet3DConditionModel";
        File.WriteAllText(path, config.ToJsonString());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => SlimmableBackbone.Open(Out), Throws.TypeOf<ModelFileException>().With.Message.Contains("UNet3DConditionModel"));
            Assert.That(() => SlimmableBackbone.Open(_folder.FullName), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("transformer/config.json"));
        }
    }

    [Test]
    public void A_folder_that_is_not_empty_is_left_alone_and_a_failure_leaves_none()
    {
        using var backbone = SlimmableBackbone.Open(Models("demo-sd"));
        var kept = backbone.Kept([.. backbone.Groups.Select(static group => group.Floor)], SelectionCatalogue.Create("l1", 1));
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine.txt"), "mine");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => backbone.Write(kept, Models("demo-sd"), Out, null, static _ => { }), Throws.TypeOf<IOException>().With.Message.Contains("not empty"));
            Assert.That(FilesOf(Out), Is.EqualTo(new[] { "mine.txt" }));
            Assert.That(() => backbone.Write(kept, Models("demo-sd"), Out + "2", null, static _ => throw new IOException("full")), Throws.TypeOf<IOException>());
            Assert.That(_folder.GetFileSystemInfos().Select(static info => info.Name), Is.EqualTo(new[] { Path.GetFileName(Out) }));
        }
    }

    private string Out => Path.Combine(_folder.FullName, "slim");

    private static string Models(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SimServe.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "models", name);
    }

    private static IEnumerable<string> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file));

    private static void Copy(string from, string to)
    {
        foreach (var file in FilesOf(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, file))!);
            File.Copy(Path.Combine(from, file), Path.Combine(to, file));
        }
    }
}
