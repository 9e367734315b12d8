using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Adapters;

/// <summary>The names that Black Forest Labs' own code gives to the modules of a Flux transformer, where one matrix may serve several modules.</summary>
/// <remarks>The rows of a common up matrix are those of its modules one after the other; they share the down matrix.</remarks>
internal static class FluxNames
{
    private static readonly (string Name, string[] Modules)[] Double =
    [
        ("img_attn.qkv", ["attn.to_q", "attn.to_k", "attn.to_v"]), ("img_attn.proj", ["attn.to_out.0"]),
        ("img_mlp.0", ["ff.net.0.proj"]), ("img_mlp.2", ["ff.net.2"]), ("img_mod.lin", ["norm1.linear"]),
        ("txt_attn.qkv", ["attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"]), ("txt_attn.proj", ["attn.to_add_out"]),
        ("txt_mlp.0", ["ff_context.net.0.proj"]), ("txt_mlp.2", ["ff_context.net.2"]), ("txt_mod.lin", ["norm1_context.linear"]),
    ];

    private static readonly (string Name, string[] Modules)[] Single =
    [
        ("linear1", ["attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp"]), ("linear2", ["proj_out"]), ("modulation.lin", ["norm.linear"]),
    ];

    private static readonly (string Name, string[] Modules)[] Outside =
    [
        ("img_in", ["x_embedder"]), ("txt_in", ["context_embedder"]), ("final_layer.linear", ["proj_out"]),
        ("time_in.in_layer", ["time_text_embed.timestep_embedder.linear_1"]), ("time_in.out_layer", ["time_text_embed.timestep_embedder.linear_2"]),
        ("guidance_in.in_layer", ["time_text_embed.guidance_embedder.linear_1"]), ("guidance_in.out_layer", ["time_text_embed.guidance_embedder.linear_2"]),
        ("vector_in.in_layer", ["time_text_embed.text_embedder.linear_1"]), ("vector_in.out_layer", ["time_text_embed.text_embedder.linear_2"]),
    ];

    /// <summary>Every such name of a model.</summary>
    /// <param name="weights">A model's weights by module, under diffusers' names.</param>
    /// <returns>Nothing where the model is no Flux transformer.</returns>
    public static IEnumerable<(string Name, IReadOnlyList<ModuleRows> Rows)> Of(IReadOnlyDictionary<string, Weight> weights)
    {
        if (!weights.ContainsKey("single_transformer_blocks.0.proj_mlp"))
        {
            return [];
        }

        return Blocks(weights, "transformer_blocks", "double_blocks", Double)
            .Concat(Blocks(weights, "single_transformer_blocks", "single_blocks", Single))
            .Concat(Named(weights, string.Empty, string.Empty, Outside))
            .Concat(LastModulation(weights));
    }

    private static IEnumerable<(string Name, IReadOnlyList<ModuleRows> Rows)> Blocks(
        IReadOnlyDictionary<string, Weight> weights, string path, string name, (string Name, string[] Modules)[] inner) =>
        Enumerable.Range(0, weights.Count)
            .TakeWhile(i => weights.ContainsKey($"{path}.{i}.attn.to_q"))
            .SelectMany(i => Named(weights, $"{path}.{i}.", $"{name}.{i}.", inner));

    private static IEnumerable<(string Name, IReadOnlyList<ModuleRows> Rows)> Named(
        IReadOnlyDictionary<string, Weight> weights, string path, string name, (string Name, string[] Modules)[] inner) =>
        from known in inner
        where known.Modules.All(module => weights.ContainsKey(path + module))
        select (name + known.Name, Stacked(known.Modules.Select(module => weights[path + module])));

    private static IReadOnlyList<ModuleRows> Stacked(IEnumerable<Weight> weights)
    {
        List<ModuleRows> rows = [];
        long first = 0;
        foreach (var weight in weights)
        {
            rows.Add(ModuleRows.Whole(weight) with { FirstInUp = first });
            first += weight.Original.shape[0];
        }

        return rows;
    }

    // The last modulation gives shift and scale there, scale and shift in diffusers.
    private static IEnumerable<(string Name, IReadOnlyList<ModuleRows> Rows)> LastModulation(IReadOnlyDictionary<string, Weight> weights)
    {
        if (weights.TryGetValue("norm_out.linear", out var weight))
        {
            var half = weight.Original.shape[0] / 2;
            yield return ("final_layer.adaLN_modulation.1", [new ModuleRows(weight, half, 0, half), new ModuleRows(weight, 0, half, half)]);
        }
    }
}
