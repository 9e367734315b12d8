using SimServe.GpuBackend.Adapters;

namespace SimServe.GpuBackend.AddOns;

/// <summary>An open LoRA in somebody's hands: it is not freed before this is disposed.</summary>
internal sealed class LoraUse(LoraAdapter adapter, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>The LoRA.</summary>
    public LoraAdapter Adapter => adapter;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
