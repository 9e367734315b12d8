using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>What the configurations of U-Nets and ControlNets may ask for.</summary>
internal static class UNetOptions
{
    // Values as ConfigFile spells them; "null" stands for a key that must not be set at all.
    private static readonly (string Key, string[] Inactive)[] Unbuilt =
    [
        ("mid_block_scale_factor", ["1", "1.0"]),
        ("resnet_out_scale_factor", ["1", "1.0"]),
        ("resnet_time_scale_shift", ["default"]),
        ("resnet_skip_time_act", ["False"]),
        ("downsample_padding", ["1"]),
        ("center_input_sample", ["False"]),
        ("time_embedding_type", ["positional"]),
        ("time_embedding_act_fn", ["null"]),
        ("timestep_post_act", ["null"]),
        ("time_cond_proj_dim", ["null"]),
        ("class_embed_type", ["null"]),
        ("num_class_embeds", ["null"]),
        ("class_embeddings_concat", ["False"]),
        ("addition_embed_type", ["text_time"]),
        ("encoder_hid_dim", ["null"]),
        ("encoder_hid_dim_type", ["null"]),
        ("attention_type", ["default"]),
        ("dual_cross_attention", ["False"]),
        ("only_cross_attention", ["False"]),
        ("mid_block_only_cross_attention", ["False"]),
        ("cross_attention_norm", ["null"]),
        ("reverse_transformer_layers_per_block", ["null"]),
        ("global_pool_conditions", ["False"]),
    ];

    /// <summary>Finds options that would change the result in ways that are not built.</summary>
    public static void RefuseUnbuilt(ConfigFile config)
    {
        config.Choice("act_fn", "silu", "silu", "swish");
        config.Choice("mid_block_type", "UNetMidBlock2DCrossAttn", "UNetMidBlock2DCrossAttn");
        foreach (var (key, inactive) in Unbuilt)
        {
            config.Inactive(key, inactive);
        }
    }

    /// <summary>Finds a file that belongs to another class of model.</summary>
    public static void RequireClass(ConfigFile config, string name) =>
        config.Require(config.ClassName.Length == 0 || config.ClassName == name, "_class_name", config.ClassName, name);

    /// <summary>Which levels have attention.</summary>
    /// <param name="config">The file.</param>
    /// <param name="key"><c>down_block_types</c> or <c>up_block_types</c>.</param>
    /// <param name="otherwise">The types where the file has none; the first and the last differ in attention and name both allowed types.</param>
    /// <param name="levels">Levels of the model.</param>
    public static bool[] Attention(ConfigFile config, string key, string[] otherwise, int levels)
    {
        var types = config.Texts(key, otherwise);
        string[] allowed = [.. otherwise.Distinct()];
        config.Require(types.Length == levels, key, $"{types.Length} types", $"one type for each of the {levels} numbers in \"block_out_channels\"");
        foreach (var type in types.Except(allowed))
        {
            config.Require(false, key, type, $"made of {string.Join(" and ", allowed)}");
        }

        return [.. Enumerable.Range(0, levels).Select(i => i < types.Length && types[i].StartsWith("CrossAttn", StringComparison.Ordinal))];
    }

    /// <summary>
    /// The key that holds the number of heads. diffusers named it wrongly at first: without <c>num_attention_heads</c>, <c>attention_head_dim</c> is
    /// the number of heads and not their size.
    /// </summary>
    public static string HeadsKey(ConfigFile config) => config.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";

    /// <summary>Finds heads that do not divide the channels of their level.</summary>
    public static void RequireHeads(ConfigFile config, UNetLevel level) => config.Require(
        level.Channels % level.Heads == 0,
        HeadsKey(config),
        level.Heads,
        $"a number of heads that divides the {level.Channels} channels of its level (diffusers calls the number of heads attention_head_dim)");
}
