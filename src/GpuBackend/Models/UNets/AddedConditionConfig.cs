using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Models.UNets;

/// <summary>Sizes of the condition that SDXL adds to the time embedding (<c>addition_embed_type</c> "text_time").</summary>
/// <param name="Inputs">Channels of pooled text and embedded numbers together, 2816 in SDXL: 1280 + 6 * 256.</param>
/// <param name="NumberWidth">Channels that each number becomes, 256 in SDXL.</param>
public sealed record AddedConditionConfig(int Inputs, int NumberWidth)
{
    internal static AddedConditionConfig Read(ConfigFile config)
    {
        var width = config.Whole("addition_time_embed_dim");
        config.Require(width % 2 == 0, "addition_time_embed_dim", width, "even: half of it are sines, half cosines");
        return new AddedConditionConfig(config.Whole("projection_class_embeddings_input_dim"), width);
    }
}
