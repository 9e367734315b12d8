using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.Published;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Tests.Adapters;

public sealed class ModuleTableTests
{
    [TestCase("sdxl-unet", "lora", "input_blocks_4_1_transformer_blocks_0_attn1_to_q", "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q")]
    [TestCase("sdxl-unet", "lora", "input_blocks_8_1_proj_in", "down_blocks.2.attentions.1.proj_in")]
    [TestCase("sdxl-unet", "lora", "input_blocks_3_0_op", "down_blocks.0.downsamplers.0.conv")]
    [TestCase("sdxl-unet", "lora", "input_blocks_1_0_in_layers_2", "down_blocks.0.resnets.0.conv1")]
    [TestCase("sdxl-unet", "lora", "input_blocks_4_0_skip_connection", "down_blocks.1.resnets.0.conv_shortcut")]
    [TestCase("sdxl-unet", "lora", "middle_block_0_emb_layers_1", "mid_block.resnets.0.time_emb_proj")]
    [TestCase("sdxl-unet", "lora", "middle_block_1_transformer_blocks_9_ff_net_2", "mid_block.attentions.0.transformer_blocks.9.ff.net.2")]
    [TestCase("sdxl-unet", "lora", "middle_block_2_out_layers_3", "mid_block.resnets.1.conv2")]
    [TestCase("sdxl-unet", "lora", "output_blocks_5_1_transformer_blocks_1_attn2_to_out_0", "up_blocks.1.attentions.2.transformer_blocks.1.attn2.to_out.0")]
    [TestCase("sdxl-unet", "lora", "output_blocks_2_2_conv", "up_blocks.0.upsamplers.0.conv")]
    [TestCase("sdxl-unet", "lora", "output_blocks_8_0_in_layers_2", "up_blocks.2.resnets.2.conv1")]
    [TestCase("sdxl-unet", "lora", "time_embed_2", "time_embedding.linear_2")]
    [TestCase("sdxl-unet", "lora", "label_emb_0_0", "add_embedding.linear_1")]
    [TestCase("sdxl-unet", "lora", "input_blocks_0_0", "conv_in")]
    [TestCase("sdxl-unet", "lora", "out_2", "conv_out")]
    [TestCase("sd15-unet", "no attention beside the upsampler", "output_blocks_2_1_conv", "up_blocks.0.upsamplers.0.conv")]
    [TestCase("sd15-unet", "attention beside the upsampler", "output_blocks_5_2_conv", "up_blocks.1.upsamplers.0.conv")]
    [TestCase("sd15-unet", "lora", "up_blocks_3_attentions_2_transformer_blocks_0_ff_net_0_proj", "up_blocks.3.attentions.2.transformer_blocks.0.ff.net.0.proj")]
    public void Names_of_u_nets_are_found(string model, string what, string name, string module)
    {
        using var unet = UNet(model);
        Assert.That(new ModuleTable(unet.Weights).Find(name), Is.EqualTo([ModuleRows.Whole(unet.Weights.All[module + ".weight"])]), what);
    }

    [TestCase("sd15-unet")]
    [TestCase("sdxl-unet")]
    public void Every_module_of_a_u_net_is_found_under_each_of_its_names(string model)
    {
        using var unet = UNet(model);
        var table = new ModuleTable(unet.Weights);
        var modules = Modules(unet.Weights);
        var sgm = SgmNames.Of(modules).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sgm.Select(static item => item.Rows[0].Weight), Is.EquivalentTo(modules.Values), "all have an sgm name, and none has two");
            Assert.That(modules.Keys.Where(module => !IsOnly(table.Find(module), modules[module])), Is.Empty, "with dots");
            Assert.That(modules.Keys.Where(module => !IsOnly(table.Find(module.Replace('.', '_')), modules[module])), Is.Empty, "with underscores");
            Assert.That(sgm.Where(item => !IsOnly(table.Find(item.Name.Replace('.', '_')), item.Rows[0].Weight)), Is.Empty, "of sgm");
        }
    }

    [Test]
    public void Fused_names_of_flux_cover_every_module_once()
    {
        using var flux = Flux();
        var names = FluxNames.Of(Modules(flux.Weights)).ToArray();
        using (Assert.EnterMultipleScope())
        {
            // Two halves of one weight are the only repetition.
            Assert.That(names.SelectMany(static item => item.Rows).Select(static rows => rows.Weight).Distinct(), Is.EquivalentTo(Modules(flux.Weights).Values));
            Assert.That(names.SelectMany(static item => item.Rows).Count(), Is.EqualTo(Modules(flux.Weights).Count + 1));
            Assert.That(names, Has.Length.EqualTo((19 * 10) + (38 * 3) + 10));
        }
    }

    [Test]
    public void Fused_rows_follow_one_another()
    {
        using var flux = Flux();
        var table = new ModuleTable(flux.Weights);
        Assert.That(
            table.Find("single_blocks_37_linear1").Select(static rows => (rows.Weight.Name, rows.FirstInWeight, rows.FirstInUp, rows.Count)),
            Is.EqualTo(new[]
            {
                ("single_transformer_blocks.37.attn.to_q.weight", 0L, 0L, 3072L), ("single_transformer_blocks.37.attn.to_k.weight", 0L, 3072L, 3072L),
                ("single_transformer_blocks.37.attn.to_v.weight", 0L, 6144L, 3072L), ("single_transformer_blocks.37.proj_mlp.weight", 0L, 9216L, 12288L),
            }));
    }

    [Test]
    public void The_last_modulation_of_flux_is_swapped()
    {
        using var flux = Flux();
        Assert.That(
            new ModuleTable(flux.Weights).Find("final_layer_adaLN_modulation_1").Select(static rows => (rows.Weight.Name, rows.FirstInWeight, rows.FirstInUp, rows.Count)),
            Is.EqualTo(new[] { ("norm_out.linear.weight", 3072L, 0L, 3072L), ("norm_out.linear.weight", 0L, 3072L, 3072L) }));
    }

    [Test]
    public void A_spelling_of_two_modules_is_not_guessed()
    {
        using var store = WeightStore.Seeded(1, TorchSharp.torch.ScalarType.Float32, TorchSharp.torch.CPU);
        store.Root.Sub("a.b_c").Take("weight", Initialization.One, 2, 2);
        store.Root.Sub("a.b.c").Take("weight", Initialization.One, 2, 2);
        store.Root.Sub("a.norm").Take("weight", Initialization.One, 2);
        var table = new ModuleTable(store);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.Find("a_b_c"), Is.Empty);
            Assert.That(table.Find("a.b_c").Single().Weight.Name, Is.EqualTo("a.b_c.weight"));
            Assert.That(table.Find("a.norm"), Is.Empty);
            Assert.That(table.Find("nothing"), Is.Empty);
        }
    }

    private static UNet2DConditionModel UNet(string name) => new(UNetConfig.Read(PublishedConfigs.Read(name)), WeightStore.Counted());

    private static FluxTransformer2DModel Flux() => new(FluxTransformerConfig.Read(PublishedConfigs.Read("flux-dev-transformer")), WeightStore.Counted());

    private static Dictionary<string, Weight> Modules(WeightStore store) => store.All.Values
        .Where(static weight => weight.Name.EndsWith(".weight", StringComparison.Ordinal) && weight.Original.dim() >= 2)
        .ToDictionary(static weight => weight.Name[..^".weight".Length]);

    private static bool IsOnly(IReadOnlyList<ModuleRows> rows, Weight weight) => rows.Count == 1 && rows[0] == ModuleRows.Whole(weight);
}
