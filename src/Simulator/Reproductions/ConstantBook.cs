using System.Collections.Concurrent;

namespace SimServe.Simulator.Reproductions;

/// <summary>The published constants of an experiment by name.</summary>
/// <param name="constants">The constants, of different names.</param>
/// <remarks>Any number of threads may ask.</remarks>
public sealed class ConstantBook(IReadOnlyList<PublishedConstant> constants)
{
    private readonly Dictionary<string, PublishedConstant> _byId = constants.ToDictionary(static constant => constant.Id, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<PublishedConstant> All => constants;

    /// <summary>Names of those that nobody asked for so far.</summary>
    public IEnumerable<string> Unused => constants.Select(static constant => constant.Id).Where(id => !_used.ContainsKey(id));

    /// <summary>A number.</summary>
    /// <param name="id">Its name.</param>
    /// <exception cref="InvalidDataException">There is no such constant, or it is a table.</exception>
    public double this[string id] => Table(id) is [var value]
        ? value
        : throw new InvalidDataException($"The constant '{id}' has {Table(id).Count} values; give one.");

    /// <summary>The numbers of a table.</summary>
    /// <param name="id">Its name.</param>
    /// <exception cref="InvalidDataException">There is no such constant.</exception>
    public IReadOnlyList<double> Table(string id)
    {
        _used[id] = true;
        return _byId.TryGetValue(id, out var constant)
            ? constant.Values
            : throw new InvalidDataException($"The experiment needs a constant '{id}', which its file lacks; add it with its source.");
    }
}
