namespace SimServe.GpuBackend.AddOns;

/// <summary>Where one kind of add-on comes from.</summary>
/// <typeparam name="TKey">What add-ons are found by.</typeparam>
/// <typeparam name="TItem">What a load brings.</typeparam>
/// <param name="Name">Name of the threads that load.</param>
/// <param name="Load">Loads one, which is the caller's, and says how many bytes it has. How long its storage takes beside the reading is awaited by the given method, or where there is none by itself.</param>
/// <param name="Describe">What a key stands for, in words.</param>
internal sealed record AddOnSource<TKey, TItem>(string Name, Func<TKey, Action<TimeSpan>?, (TItem Item, long Bytes)> Load, Func<TKey, string> Describe);
