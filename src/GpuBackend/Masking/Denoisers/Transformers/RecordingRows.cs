using SimServe.GpuBackend.Models.DiT;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Masking.Denoisers.Transformers;

/// <summary>Keeps what keys and values of each block's image tokens are made of, or them.</summary>
/// <remarks>
/// Of each block either its input's rows and, [parts, H], the shifts and scales before its attentions (so that an edit makes the template's own keys and values, whatever its own
/// condition), or of each attention keys and then values.
/// </remarks>
internal sealed class RecordingRows(IReadOnlyList<RecordedLayers> lanes, ReuseVariant variant) : IBlockRecorder
{
    public void Input(Tensor rows, IReadOnlyList<Tensor> modulation, MakeKeys keys)
    {
        using var scope = NewDisposeScope();
        if (variant == ReuseVariant.BlockInputs)
        {
            RecordedLayers.AddRows(lanes, rows);
            RecordedLayers.AddRows(lanes, stack([.. modulation], 1));
            return;
        }

        var (members, tokens) = (rows.shape[0], rows.shape[1]);
        Tensor[] perRow = [.. modulation.Select(part => part.unsqueeze(1).expand(-1, tokens, -1).flatten(0, 1))];
        foreach (var (key, value) in keys(rows.flatten(0, 1), perRow))
        {
            RecordedLayers.AddRows(lanes, key.unflatten(0, [members, tokens]));
            RecordedLayers.AddRows(lanes, value.unflatten(0, [members, tokens]));
        }
    }
}
