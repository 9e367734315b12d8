using SimServe.GpuBackend.Weights;

namespace SimServe.GpuBackend.Adapters;

/// <summary>The names that Stability AI's own code (sgm, ldm) gives to the modules of a U-Net.</summary>
/// <remarks>Its blocks are numbered through: with n residual layers a level, layer j of level i is input block <c>n i + 1 + j</c>; resampling is a block or part of one.</remarks>
internal static class SgmNames
{
    private static readonly Dictionary<string, string> Outside = new(StringComparer.Ordinal)
    {
        ["conv_in"] = "input_blocks.0.0",
        ["conv_out"] = "out.2",
        ["time_embedding.linear_1"] = "time_embed.0",
        ["time_embedding.linear_2"] = "time_embed.2",
        ["add_embedding.linear_1"] = "label_emb.0.0",
        ["add_embedding.linear_2"] = "label_emb.0.2",
    };

    private static readonly Dictionary<string, string> Residual = new(StringComparer.Ordinal)
    {
        ["conv1"] = "in_layers.2",
        ["conv2"] = "out_layers.3",
        ["time_emb_proj"] = "emb_layers.1",
        ["conv_shortcut"] = "skip_connection",
    };

    /// <summary>Every module that has such a name.</summary>
    /// <param name="weights">A model's weights by module, under diffusers' names.</param>
    /// <returns>Nothing where the model is no U-Net.</returns>
    public static IEnumerable<(string Name, IReadOnlyList<ModuleRows> Rows)> Of(IReadOnlyDictionary<string, Weight> weights)
    {
        // The way up has one residual layer more than the way down, and as many as the numbering counts there with the downsampler.
        var layers = Enumerable.Range(0, weights.Count).TakeWhile(j => weights.ContainsKey($"up_blocks.0.resnets.{j}.conv1")).Count();
        foreach (var (module, weight) in weights)
        {
            if (layers > 0 && Of(module.Split('.'), module, layers, weights) is { } name)
            {
                yield return (name, [ModuleRows.Whole(weight)]);
            }
        }
    }

    private static string? Of(string[] path, string module, int layers, IReadOnlyDictionary<string, Weight> weights) => path switch
    {
        ["down_blocks", var i, "downsamplers", "0", "conv"] => $"input_blocks.{layers * (Number(i) + 1)}.0.op",
        ["down_blocks", var i, var kind, var j, .. var rest] => Inner($"input_blocks.{(layers * Number(i)) + 1 + Number(j)}", kind, rest),
        ["mid_block", "resnets", var j, .. var rest] => Inner($"middle_block.{2 * Number(j)}", rest),
        ["mid_block", "attentions", "0", .. var rest] => $"middle_block.1.{string.Join('.', rest)}",
        ["up_blocks", var i, "upsamplers", "0", "conv"] =>
            $"output_blocks.{(layers * Number(i)) + layers - 1}.{(weights.ContainsKey($"up_blocks.{i}.attentions.0.proj_in") ? 2 : 1)}.conv",
        ["up_blocks", var i, var kind, var j, .. var rest] => Inner($"output_blocks.{(layers * Number(i)) + Number(j)}", kind, rest),
        _ => Outside.GetValueOrDefault(module),
    };

    private static string? Inner(string block, string kind, string[] rest) => kind switch
    {
        "resnets" => Inner($"{block}.0", rest),
        "attentions" => $"{block}.1.{string.Join('.', rest)}",
        _ => null,
    };

    private static string? Inner(string residual, string[] rest) => Residual.TryGetValue(string.Join('.', rest), out var name) ? $"{residual}.{name}" : null;

    private static int Number(string text) => int.Parse(text);
}
