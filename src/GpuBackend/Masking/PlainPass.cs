using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>A step without reuse: every token of every member runs through the plain model.</summary>
internal sealed class PlainPass(FluxModel model, IReadOnlyList<FluxEdit> batch)
{
    /// <summary>Velocities at the masked rows of every member, packed, [sum of m, C].</summary>
    public Tensor Run(ITemplateRows rows)
    {
        var layout = new PassLayout(0, model.TextRotary, [.. batch.Select(_ => model.ImageRotary)], []);
        var condition = BatchConditions.Members(batch);
        var text = PassLayout.Packed([.. batch.Select(static edit => edit.Text.alias())]);
        var state = new HiddenRows(text, PassLayout.Packed([.. batch.Select(AllTokens)]));
        for (var block = 0; block < model.Transformer.Blocks.Count; block++)
        {
            var output = model.Transformer.Blocks[block].Run(layout, condition, state, null);
            state.Free();
            state = output;
            rows.Released(block);
            rows.Finished(block);
        }

        var masked = Masked(state.Split(layout).Image);
        var owners = RowOwners.Packed(0, [.. batch.Select(static edit => (long)edit.MaskedTokens)], masked.device);
        return model.Transformer.Last(owners, condition, masked);
    }

    // Unmasked tokens are the template's at this step.
    private Tensor AllTokens(FluxEdit edit)
    {
        var constants = edit.Template.Constants;
        return TemplateConstants.Noised(constants.EmbeddedImage, constants.EmbeddedNoise, edit.ContextLevel)
            .index_copy_(0, edit.Tokens.Masked, model.EmbedLatents(edit.Latents));
    }

    private Tensor Masked(Tensor image)
    {
        var tokens = model.Config.Grid.Count;
        return PassLayout.Packed([.. batch.Select((edit, member) => image.narrow(0, member * tokens, tokens).index_select(0, edit.Tokens.Masked))]);
    }
}
