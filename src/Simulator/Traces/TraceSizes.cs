using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Traces;

/// <summary>The sizes of a replayed trace's images: a request that states none has its template's, or the model's own.</summary>
/// <remarks>Memory grows with templates and sizes, not with requests.</remarks>
/// <param name="grid">The model's grid of image tokens.</param>
/// <param name="usual">Masks of the model's own size.</param>
internal sealed class TraceSizes(TokenGrid grid, WorkloadMasks usual)
{
    private readonly Dictionary<TraceSize, WorkloadMasks> _masks = [];

    private readonly Dictionary<int, TraceSize> _templates = [];
    private readonly TraceSize _own = new(grid.Width, grid.Height);

    /// <summary>Where a request's mask is made.</summary>
    /// <exception cref="InvalidDataException">Its size cannot be cut into tokens, or its template had another size before.</exception>
    public WorkloadMasks MasksOf(TraceRequest request)
    {
        var size = request.Size ?? _templates.GetValueOrDefault(request.Template, _own);
        if (_templates.TryAdd(request.Template, size) || _templates[request.Template] == size)
        {
            return size == _own ? usual : Of(request, size);
        }

        throw new InvalidDataException(
            $"Request {request.Id} of the trace: found template {request.Template} at {Text(size)} pixels; allowed: {Text(_templates[request.Template])}, its size in an earlier request. Give images of two sizes two templates.");
    }

    private WorkloadMasks Of(TraceRequest request, TraceSize size)
    {
        if (_masks.TryGetValue(size, out var known))
        {
            return known;
        }

        var choice = new ResolutionChoice(size.Width, size.Height, 1);
        if (!choice.Fits(grid))
        {
            throw new InvalidDataException(
                $"Request {request.Id} of the trace: found an image of {Text(size)} pixels; allowed: multiples of {grid.PatchPixels}, the model's tokens. Round the sizes, or leave them out.");
        }

        return _masks[size] = new WorkloadMasks(choice.GridOf(grid), usual.HasShapes);
    }

    private static string Text(TraceSize size) => $"{size.Width}x{size.Height}";
}
