using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>A step with reuse: text and masked rows are computed, unmasked rows are the templates'.</summary>
internal sealed class MaskedPass
{
    private readonly FluxModel _model;
    private readonly IReadOnlyList<EditState> _batch;
    private readonly IReadOnlyList<BlockMode> _modes;
    private readonly ITemplateRows _rows;
    private readonly Tensor _condition;
    private readonly int _unmaskedTokens;
    private readonly TemplatePass? _templates;

    /// <summary>Prepares it; call within a dispose scope and inference mode.</summary>
    public MaskedPass(FluxModel model, IReadOnlyList<EditState> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows)
    {
        (_model, _batch, _modes, _rows) = (model, batch, modes, rows);
        _condition = BatchConditions.MembersAndTemplates(batch);
        _unmaskedTokens = batch.Sum(static edit => edit.UnmaskedTokens);
        var recomputes = _unmaskedTokens > 0 && modes.Skip(1).Contains(BlockMode.Recomputed);
        _templates = recomputes ? new TemplatePass(model, batch, _condition) : null;
    }

    /// <summary>Velocities at the masked rows of every member, packed, [sum of m, C].</summary>
    public Tensor Run()
    {
        var layout = Layout();
        var state = new HiddenRows(
            PassLayout.Packed([.. _batch.Select(static edit => edit.Text.alias())]),
            _model.EmbedLatents(PassLayout.Packed([.. _batch.Select(static edit => edit.Latents.alias())])));
        Tensor? unmasked = null;
        for (var block = 0; block < _modes.Count; block++)
        {
            unmasked = UnmaskedOf(block, unmasked);
            var output = _model.Transformer.Blocks[block].Run(layout, _condition, state, unmasked);
            state.Free();
            state = output;
            ReleaseUpTo(block);
            _rows.Finished(block);
        }

        return _model.Transformer.Last(layout.Image, _condition, state.Split(layout).Image);
    }

    private PassLayout Layout() => new(
        0,
        _model.TextRotary,
        [.. _batch.Select(static edit => edit.Tokens.MaskedRotary.alias())],
        _unmaskedTokens == 0 ? [] : [.. _batch.Select(static edit => edit.Tokens.UnmaskedRotary.alias())]);

    private Tensor? UnmaskedOf(int block, Tensor? before)
    {
        if (_unmaskedTokens == 0)
        {
            return null;
        }

        if (block > 0 && _modes[block] == BlockMode.Recomputed)
        {
            var recomputed = Recompute(block, before!);
            ReleaseLate(block - 1);
            return recomputed;
        }

        _templates?.Drop();
        return block == 0
            ? PassLayout.Packed([.. _batch.Select(static edit => edit.Tokens.EmbeddedUnmasked(edit.ContextLevel))])
            : Checked(_rows.Unmasked(block), "unmasked rows", _unmaskedTokens);
    }

    private Tensor Recompute(int block, Tensor before)
    {
        if (block == 1)
        {
            _templates!.Embed();
        }
        else if (!_templates!.Holds(block - 1))
        {
            var resume = Checked(_rows.Resume(block - 1), "resume rows", _batch.Sum(static edit => edit.ResumeRows));
            _templates.Start(block - 1, before, resume);
        }

        return _templates.Advance();
    }

    // A cached block's rows are read once more when the next block resumes from them.
    private void ReleaseUpTo(int block)
    {
        if (_unmaskedTokens == 0 || block + 1 == _modes.Count || !RowLoads.NeedsResume(_modes, block + 1))
        {
            _rows.Released(block);
        }
    }

    private void ReleaseLate(int block)
    {
        if (RowLoads.NeedsResume(_modes, block + 1))
        {
            _rows.Released(block);
        }
    }

    private Tensor Checked(Tensor rows, string what, int count)
    {
        FluxModel.CheckShape(rows, what, _model.Config.Type, count, _model.Config.Transformer.Width);
        return rows;
    }
}
