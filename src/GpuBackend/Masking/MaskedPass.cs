using SimServe.GpuBackend.Models.Flux;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking;

/// <summary>A step with reuse: text and masked rows are computed, unmasked rows are the templates'.</summary>
internal sealed class MaskedPass
{
    private readonly FluxModel _model;
    private readonly IReadOnlyList<FluxEdit> _batch;
    private readonly IReadOnlyList<BlockMode> _modes;
    private readonly ITemplateRows _rows;
    private readonly RowFormat _format;
    private readonly Tensor _condition;
    private readonly int _unmaskedTokens;
    private readonly TemplatePass? _templates;

    // Reused rows of the last block's input, from which the templates' computation may resume.
    private Tensor? _input;

    // What was expanded for the last block.
    private Tensor? _expanded;

    /// <summary>Prepares it; call within a dispose scope and inference mode.</summary>
    public MaskedPass(FluxModel model, IReadOnlyList<FluxEdit> batch, IReadOnlyList<BlockMode> modes, ITemplateRows rows)
    {
        (_model, _batch, _modes, _rows, _format) = (model, batch, modes, rows, model.Rows[0].Format);
        _unmaskedTokens = batch.Sum(static edit => edit.UnmaskedTokens);

        // Keys and values that are there need no modulation.
        _condition = IsKeysValues && !modes.Contains(BlockMode.Recomputed) ? BatchConditions.Members(batch) : BatchConditions.MembersAndTemplates(batch);
        var recomputes = _unmaskedTokens > 0 && modes.Skip(1).Contains(BlockMode.Recomputed);
        _templates = recomputes ? new TemplatePass(model, batch, _condition) : null;
    }

    private bool IsKeysValues => _format.Cache.Variant == CacheVariant.KeysValues;

    /// <summary>Velocities at the edited rows of every member, packed, [sum of m, C].</summary>
    public Tensor Run()
    {
        var layout = Layout();
        var state = new HiddenRows(PassLayout.Packed([.. _batch.Select(static edit => edit.Text.alias())]), Image());
        for (var block = 0; block < _modes.Count; block++)
        {
            var output = _model.Transformer.Blocks[block].Run(layout, _condition, state, ReusedBy(block));
            state.Free();
            state = output;
            FreeExpanded();
            ReleaseUpTo(block);
            _rows.Finished(block);
        }

        return Last(layout, state.Split(layout).Image);
    }

    private PassLayout Layout() => new(
        0,
        _model.TextRotary,
        [.. _batch.Select(static edit => edit.Tokens.ComputedRotary.alias())],
        _unmaskedTokens == 0 ? [] : [.. _batch.Select(static edit => edit.Tokens.UnmaskedRotary.alias())]);

    // Of tokens that are computed but not edited the template's, as everywhere outside of the mask.
    private Tensor Image() => _batch.All(static edit => edit.Tokens.EditedAmongComputed is null)
        ? _model.EmbedLatents(PassLayout.Packed([.. _batch.Select(static edit => edit.Latents.alias())]))
        : PassLayout.Packed([.. _batch.Select(ImageOf)]);

    private Tensor ImageOf(FluxEdit edit)
    {
        var edited = _model.EmbedLatents(edit.Latents);
        return edit.Tokens.EditedAmongComputed is { } places ? edit.Tokens.EmbeddedComputed(edit.ContextLevel).index_copy_(0, places, edited) : edited;
    }

    private Tensor Last(PassLayout layout, Tensor image)
    {
        if (_batch.All(static edit => edit.Tokens.EditedAmongComputed is null))
        {
            return _model.Transformer.Last(layout.Image, _condition, image);
        }

        var members = image.split(layout.ImageRows);
        var edited = PassLayout.Packed([.. _batch.Select((edit, member) => edit.Tokens.EditedAmongComputed is { } places ? members[member].index_select(0, places) : members[member])]);
        return _model.Transformer.Last(RowOwners.Packed(0, [.. _batch.Select(static edit => (long)edit.MaskedTokens)], image.device), _condition, edited);
    }

    private ReusedRows? ReusedBy(int block)
    {
        if (_unmaskedTokens == 0)
        {
            return null;
        }

        if (block > 0 && _modes[block] == BlockMode.Recomputed)
        {
            var recomputed = Recompute(block);
            ReleaseLate(block - 1);
            return Hidden(IsKeysValues ? recomputed : _format.ThroughStorage(recomputed));
        }

        _templates?.Drop();
        return block == 0 && (!IsKeysValues || _modes[0] == BlockMode.Recomputed)
            ? Hidden(PassLayout.Packed([.. _batch.Select(static edit => edit.Tokens.EmbeddedUnmasked(edit.ContextLevel))]))
            : Loaded(_rows.Unmasked(block));
    }

    // Whatever the plan, a block sees the same rows: those that went through the cache's numbers.
    private ReusedRows Hidden(Tensor rows)
    {
        _input = rows;
        return ReusedRows.Hidden(rows, IsKeysValues && !_format.IsExact ? _format.ThroughStorage : null);
    }

    private ReusedRows Loaded(Tensor stored)
    {
        var rows = Expanded(stored, "unmasked rows", _unmaskedTokens);
        _expanded = ReferenceEquals(rows, stored) || _format.Resumes ? null : rows;
        return IsKeysValues ? ReusedRows.Ready(rows) : Hidden(rows);
    }

    private Tensor Recompute(int block)
    {
        if (block == 1)
        {
            _templates!.Embed();
        }
        else if (!_templates!.Holds(block - 1))
        {
            var resume = Expanded(_rows.Resume(block - 1), "resume rows", _batch.Sum(static edit => edit.ResumeRows));
            _templates.Start(block - 1, _input!, resume);
        }

        return _templates.Advance();
    }

    private void FreeExpanded()
    {
        _expanded?.Dispose();
        _expanded = null;
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

    private Tensor Expanded(Tensor stored, string what, int count)
    {
        FluxModel.CheckShape(stored, what, _format.Type, count, _format.Elements);
        return _format.Expand(stored);
    }
}
