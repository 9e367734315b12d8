using SimServe.GpuBackend.Models.Flux;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>The templates' own computation, run again beside a masked step: plain blocks over all rows, under the templates' modulation.</summary>
internal sealed class TemplatePass
{
    private readonly FluxModel _model;
    private readonly IReadOnlyList<FluxEdit> _batch;
    private readonly Tensor _condition;
    private readonly PassLayout _layout;
    private readonly Tensor _unmasked;
    private readonly Tensor _resume;
    private HiddenRows? _rows;
    private int _block = -1;

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="condition">Members, then their templates, [2B, H].</param>
    public TemplatePass(FluxModel model, IReadOnlyList<FluxEdit> batch, Tensor condition)
    {
        (_model, _batch, _condition) = (model, batch, condition);
        _layout = new PassLayout(batch.Count, model.TextRotary, [.. batch.Select(_ => model.ImageRotary)], []);
        _unmasked = Places(static edit => edit.Tokens.UnmaskedInSequence);
        _resume = Places(static edit => edit.Tokens.ResumeInSequence);
    }

    /// <summary>Whether all rows of a block's input are at hand.</summary>
    public bool Holds(int block) => _rows is not null && _block == block;

    /// <summary>Starts from the embedded templates.</summary>
    public void Embed()
    {
        var text = _batch.Select(static edit => edit.Template.Constants.Text.alias());
        var image = _batch.Select(static edit => TemplateConstants.Noised(
            edit.Template.Constants.EmbeddedImage, edit.Template.Constants.EmbeddedNoise, edit.ContextLevel));
        Hold(0, new HiddenRows(PassLayout.Packed([.. text]), PassLayout.Packed([.. image])));
    }

    /// <summary>Starts from loaded rows.</summary>
    /// <param name="block">The block whose input they are.</param>
    /// <param name="unmasked">[sum of u, H].</param>
    /// <param name="resume">[sum of (T + m), H].</param>
    public void Start(int block, Tensor unmasked, Tensor resume)
    {
        var config = _model.Config;
        Hold(block, new HiddenRows(empty([_batch.Count * config.SequenceTokens, config.Transformer.Width], dtype: config.Type, device: _model.Device)
            .index_copy_(0, _unmasked, unmasked)
            .index_copy_(0, _resume, resume)));
    }

    /// <summary>Runs the block whose input is at hand.</summary>
    /// <returns>Unmasked rows of its output, [sum of u, H].</returns>
    public Tensor Advance()
    {
        using var scope = NewDisposeScope();
        var output = _model.Transformer.Blocks[_block].Run(_layout, _condition, _rows!, null);
        Hold(_block + 1, output.Keep());
        return output.Joined(_layout).index_select(0, _unmasked).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the rows at hand.</summary>
    public void Drop()
    {
        _rows?.Free();
        _rows = null;
    }

    private void Hold(int block, HiddenRows rows)
    {
        Drop();
        (_block, _rows) = (block, rows);
    }

    private Tensor Places(Func<FluxEdit, Tensor> ofMember) => PassLayout.Packed(
        [.. _batch.Select((edit, member) => ofMember(edit).add((long)member * _model.Config.SequenceTokens))]);
}
