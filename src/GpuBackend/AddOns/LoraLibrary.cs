using SimServe.GpuBackend.Adapters;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.ModelFiles;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Caches;
using AdapterSet = SimServe.GpuBackend.Adapters.AdapterSet;

namespace SimServe.GpuBackend.AddOns;

/// <summary>The LoRAs that requests may ask for, by their numbers, from 0: opened when they are needed, and kept in host memory as far as that is allowed.</summary>
/// <remarks>
/// For all workers: any number of threads may load at once. A file that is kept is not looked at again until it was evicted, so files must not change while the library is in use.
/// </remarks>
public sealed class LoraLibrary : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<LoraSource> _sources;
    private readonly BoundedCache<int> _cache;
    private readonly AddOnStorage _storage;
    private readonly Dictionary<int, LoraAdapter> _kept = [];
    private readonly Dictionary<int, ModelPart[]> _parts = [];
    private readonly Dictionary<int, long> _bytes = [];
    private readonly HashSet<int> _ahead = [];
    private bool _disposed;

    /// <summary>Creates a library; no file is opened yet.</summary>
    /// <param name="sources">The LoRAs in the order of their numbers.</param>
    /// <param name="options">What is kept; <c>null</c>: nothing.</param>
    /// <exception cref="ArgumentException">The eviction policy is unknown, the bytes are negative, or a scale is not finite.</exception>
    public LoraLibrary(IReadOnlyList<LoraSource> sources, LoraLibraryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        options ??= new LoraLibraryOptions();
        if (sources.FirstOrDefault(static source => !double.IsFinite(source.Scale)) is { } bad)
        {
            throw new ArgumentException($"The scale of {bad.Path} is {bad.Scale}; it must be a finite number.", nameof(sources));
        }

        _sources = [.. sources];
        _storage = new AddOnStorage(options.BytesPerSecond);
        _cache = new BoundedCache<int>(options.HostBytes, EvictionPolicies.Create(options.Eviction), new Listener(this));
    }

    /// <summary>LoRAs that requests may ask for.</summary>
    public int Count => _sources.Count;

    /// <summary>Loads of a LoRA that found it in host memory.</summary>
    public long Hits => Locked(() => _cache.Hits);

    /// <summary>Loads of a LoRA that read its file.</summary>
    public long Misses => Locked(() => _cache.Misses);

    /// <summary>Bytes that are kept.</summary>
    public long KeptBytes => Locked(() => _cache.UsedBytes);

    /// <summary>Whether a LoRA changes a model of the pipeline. The file's header is read the first time.</summary>
    /// <param name="lora">Its number.</param>
    /// <param name="part">The model.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such LoRA.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">The file is not sound.</exception>
    public bool Changes(int lora, ModelPart part)
    {
        var source = Source(lora);
        if (Locked(() => _parts.GetValueOrDefault(lora)) is not { } parts)
        {
            using var adapter = LoraFile.Open(source.Path);
            parts = Remember(lora, adapter);
        }

        return parts.Contains(part);
    }

    /// <summary>Reads LoRAs and merges them into copies of the weights that they change: the heavy part of a load, for a thread beside the one that runs the model.</summary>
    /// <param name="models">The models.</param>
    /// <param name="loras">Numbers of LoRAs, each once; none is a load of nothing. Their full products add up, in this order.</param>
    /// <param name="parts">The models of the pipeline to load for; none: all. The text encoders' part is needed before a prompt is encoded, the denoiser's can come later.</param>
    /// <returns>The caller's; may be used again and again, by every model with the same original weights.</returns>
    /// <exception cref="ArgumentException">There is no such LoRA, or one is asked for twice.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFileException">A file is not sound, or was made for another model; nothing is changed.</exception>
    public PreparedAdapters Load(AdapterSet models, IReadOnlyList<int> loras, params ReadOnlySpan<ModelPart> parts)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(loras);
        if (loras.Distinct().Count() != loras.Count)
        {
            throw new ArgumentException($"LoRAs {string.Join(", ", loras)}: each may be asked for once; give one that should count more a larger scale.", nameof(loras));
        }

        List<(LoraUse Use, double Scale)> uses = [];
        try
        {
            foreach (var lora in loras)
            {
                var source = Source(lora);
                uses.Add((Open(lora, source), source.Scale));
            }

            return models.Prepare([.. uses.Select(static item => (item.Use.Adapter, item.Scale))], parts);
        }
        finally
        {
            uses.ForEach(static item => item.Use.Dispose());
        }
    }

    /// <summary>Frees what is kept. Nothing may be loading any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var adapter in _kept.Values)
            {
                adapter.Dispose();
            }

            _kept.Clear();
            _cache.Clear();
        }
    }

    /// <summary>Whether a LoRA is in host memory, or comes there ahead of requests.</summary>
    internal bool Has(int lora) => Locked(() => _kept.ContainsKey(lora) || _ahead.Contains(lora));

    /// <summary>What a LoRA that is not there would drive out of host memory if it came ahead of requests: one other at most, and nothing that is used.</summary>
    internal AdapterRoom RoomFor(int lora)
    {
        lock (_gate)
        {
            var missing = BytesOf(lora) - (_cache.CapacityBytes - _cache.UsedBytes);
            return missing <= 0 ? new AdapterRoom(true, null)
                : _cache.TryGetFirst(out var first) && _kept[first].Bytes >= missing ? new AdapterRoom(true, first)
                : new AdapterRoom(false, null);
        }
    }

    /// <summary>Reads a LoRA into host memory that nobody has asked for. Where there is no room for it any more, nothing is kept of it.</summary>
    /// <param name="lora">Its number.</param>
    /// <param name="ahead">How it is loaded.</param>
    internal void Bring(int lora, LoraAhead ahead)
    {
        if (!Locked(() => _ahead.Add(lora)))
        {
            return;
        }

        try
        {
            Open(lora, Source(lora), ahead).Dispose();
        }
        finally
        {
            Locked(() => _ahead.Remove(lora));
        }
    }

    /// <summary>Loads a LoRA that nobody has asked for; see <see cref="Load"/>. Nothing leaves host memory for it.</summary>
    internal PreparedAdapters LoadAhead(AdapterSet models, int lora, LoraAhead ahead, params ReadOnlySpan<ModelPart> parts)
    {
        var source = Source(lora);
        using var use = Open(lora, source, ahead);
        ahead.Wait(TimeSpan.Zero);
        return models.Prepare([(use.Adapter, source.Scale)], parts);
    }

    private LoraSource Source(int lora) => lora >= 0 && lora < _sources.Count
        ? _sources[lora]
        : throw new ArgumentOutOfRangeException(nameof(lora), lora, _sources.Count == 0 ? "No LoRAs are served." : $"There is no LoRA {lora}; served are 0 to {_sources.Count - 1}.");

    private LoraUse Open(int lora, LoraSource source, LoraAhead? ahead = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (ahead is null ? _cache.TryUse(lora) : _cache.Contains(lora))
            {
                return Pinned(lora);
            }
        }

        var (clock, begun) = (new WallClock(), _storage.Begin());
        var adapter = LoraFile.Open(source.Path);
        try
        {
            Remember(lora, adapter);
            if (adapter.Bytes <= _cache.CapacityBytes)
            {
                adapter.ReadIntoMemory();
            }

            _storage.End(begun, new FileInfo(source.Path).Length, ahead?.Wait);
            return Keep(lora, adapter, (clock.Now - Instant.Start).TotalSeconds, ahead);
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    private LoraUse Keep(int lora, LoraAdapter adapter, double seconds, LoraAhead? ahead)
    {
        lock (_gate)
        {
            if (_kept.ContainsKey(lora))
            {
                // Another thread was faster.
                adapter.Dispose();
                return Pinned(lora);
            }

            if (!MayKeep(lora, ahead) || !_cache.Insert(lora, new CachedObject(adapter.Bytes, seconds)))
            {
                return new LoraUse(adapter, adapter.Dispose);
            }

            _kept.Add(lora, adapter);
            return Pinned(lora);
        }
    }

    private bool MayKeep(int lora, LoraAhead? ahead) => ahead is null || (RoomFor(lora) is { Fits: true } room && (room.Victim is null || room.Victim == ahead.Victim));

    // One that was never opened is taken for as large as the smallest that was: what turns out larger passes through.
    private long BytesOf(int lora) => _bytes.TryGetValue(lora, out var bytes) ? bytes : _bytes.Values.DefaultIfEmpty(1).Min();

    private LoraUse Pinned(int lora)
    {
        _cache.Pin(lora);
        return new LoraUse(_kept[lora], () => Locked(() => _cache.Unpin(lora)));
    }

    private ModelPart[] Remember(int lora, LoraAdapter adapter)
    {
        ModelPart[] parts = [.. Enum.GetValues<ModelPart>().Where(adapter.Changes)];
        lock (_gate)
        {
            _bytes[lora] = adapter.Bytes;
            return _parts[lora] = parts;
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    // Evictions happen under the gate, and what is pinned is never evicted.
    private sealed class Listener(LoraLibrary library) : IEvictionListener<int>
    {
        public void Evicted(int key, CachedObject item, long uses)
        {
            library._kept[key].Dispose();
            library._kept.Remove(key);
        }
    }
}
