using static TorchSharp.torch;

namespace SimServe.GpuBackend.Models.Flux;

/// <summary>Shows the blocks' inputs and outputs under the names and in the shapes of the reference; made only when somebody looks on.</summary>
/// <param name="model">The model.</param>
/// <param name="layout">How the rows are packed; all members have as many.</param>
/// <param name="vectors">Time-and-prompt vectors, [B, H].</param>
internal sealed class BlockTaps(FluxTransformer2DModel model, PassLayout layout, Tensor vectors)
{
    /// <summary>Shows a block's input.</summary>
    public void Input(int block, HiddenRows rows)
    {
        using var scope = NewDisposeScope();
        var tap = model.Blocks[block].Tap;
        var (text, image) = rows.Split(layout);
        tap.In("encoder_hidden_states", PerMember(text));
        tap.In("hidden_states", PerMember(image));
        tap.In("temb", vectors);
        var factors = layout.SequenceRotary.narrow(0, 0, layout.SequenceRows[0]).squeeze(1);
        tap.In("image_rotary_emb.0", Twice(factors.real));
        tap.In("image_rotary_emb.1", Twice(factors.imag));
    }

    /// <summary>Shows a block's output.</summary>
    public void Output(int block, HiddenRows rows)
    {
        using var scope = NewDisposeScope();
        var tap = model.Blocks[block].Tap;
        var (text, image) = rows.Split(layout);
        tap.Out(0, PerMember(text));
        tap.Out(1, PerMember(image));
    }

    private Tensor PerMember(Tensor rows) => rows.unflatten(0, [layout.Members, -1]);

    private static Tensor Twice(Tensor pairs) => pairs.repeat_interleave(2, 1);
}
