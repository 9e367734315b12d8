using SimServe.Policies;

namespace SimServe.Slimming.Selection;

/// <summary>Keeps units drawn by lot. A baseline.</summary>
/// <param name="seed">The seed; every group draws from a stream of its own name.</param>
public sealed class RandomSelection(long seed) : IUnitSelection
{
    /// <summary>Its name in plans.</summary>
    public const string Key = "random";

    /// <inheritdoc/>
    public string Name => Key;

    /// <inheritdoc/>
    public IReadOnlyList<int> Keep(UnitRows rows, int kept)
    {
        UnitScores.Check(rows, kept);
        var random = new RandomStream(seed, $"selection/{rows.Name}");
        return UnitScores.Best([.. Enumerable.Range(0, rows.Units).Select(_ => random.NextDouble())], kept);
    }
}
