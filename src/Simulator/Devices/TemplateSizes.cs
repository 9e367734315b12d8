using SimServe.Policies;

namespace SimServe.Simulator.Devices;

/// <summary>How large the templates of a run are: their images have the model's own size unless a request said otherwise.</summary>
/// <remarks>A template has one size, that of the first request for it. Where all have one, nothing is kept.</remarks>
/// <param name="model">The model at its own size.</param>
/// <param name="steps">Denoising steps of a template's recording.</param>
internal sealed class TemplateSizes(ModelShape model, int steps)
{
    private readonly Dictionary<TemplateId, TokenGrid> _others = [];
    private readonly Dictionary<TokenGrid, long> _bytes = [];

    /// <summary>Bytes of the recording of a template of the model's own size.</summary>
    public long Usual { get; } = Math.Max(1, model.TemplateCacheBytes(steps));

    /// <summary>The model at the size of a request's image.</summary>
    /// <exception cref="NotSupportedException">The model has another size only.</exception>
    public ModelShape ModelOf(in Request request) => model.At(request.Mask.Grid);

    /// <summary>Notes the size of a request's template.</summary>
    public void Note(in Request request)
    {
        if (request.Mask.Grid != model.Grid)
        {
            _others.TryAdd(request.Template, request.Mask.Grid);
        }
    }

    /// <summary>Whether devices keep whole templates in their memory, not some blocks' rows of them.</summary>
    public bool DevicesKeepAll => model.KeptBlocks is null;

    /// <summary>Bytes of a template in a device's memory.</summary>
    public long DeviceBytesOf(TemplateId template) =>
        Math.Max(1, (_others.TryGetValue(template, out var grid) ? model.At(grid) : model).DeviceCacheBytes(steps));

    /// <summary>Bytes of a template's recording.</summary>
    public long BytesOf(TemplateId template)
    {
        if (_others.Count == 0 || !_others.TryGetValue(template, out var grid))
        {
            return Usual;
        }

        if (!_bytes.TryGetValue(grid, out var bytes))
        {
            _bytes.Add(grid, bytes = Math.Max(1, model.At(grid).TemplateCacheBytes(steps)));
        }

        return bytes;
    }
}
