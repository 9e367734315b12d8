using SimServe.Policies.AddOns;

namespace SimServe.GpuBackend.AddOns;

/// <summary>Whether a memory has room for one more item that nobody has asked for.</summary>
/// <typeparam name="TKey">What items are found by.</typeparam>
/// <param name="Fits">Whether it has.</param>
/// <param name="Leaving">What would leave for it.</param>
internal readonly record struct AddOnRoom<TKey>(bool Fits, IReadOnlyList<TKey> Leaving)
{
    /// <summary>The same, of adapters by their numbers.</summary>
    /// <param name="number">The number of one that stands for what would leave.</param>
    public AdapterRoom By(Func<TKey, int> number) => new(Fits, Leaving.Count > 0 ? number(Leaving[0]) : null);
}
