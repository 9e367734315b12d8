namespace SimServe.GpuBackend.Profiling;

/// <summary>Chooses the next point to measure: the one about whose samples least is known.</summary>
/// <remarks>
/// The error of a mean falls with the root of its repetitions, and the error of a fit with that of its samples: the next repetition is worth most where the standard error of the mean,
/// relative to the mean, is largest. Shared by the workers' threads.
/// </remarks>
/// <param name="book">The measurements so far.</param>
internal sealed class PointBook(SampleBook book)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProfilePoint, HashSet<SampleKey>> _keys = [];

    // What a visit of a point has measured.
    public void Note(ProfilePoint point, IEnumerable<SampleKey> keys)
    {
        lock (_gate)
        {
            if (!_keys.TryGetValue(point, out var known))
            {
                _keys.Add(point, known = []);
            }

            known.UnionWith(keys);
        }
    }

    // Every point must have been visited.
    public ProfilePoint MostUncertain()
    {
        lock (_gate)
        {
            return _keys.MaxBy(point => point.Value.Max(book.RelativeError)).Key;
        }
    }
}
