using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.Devices;

/// <summary>Templates' rows that a worker keeps in its own memory, all of a template's or those of some blocks. The loop's thread only.</summary>
internal sealed class ResidentTemplates : IEvictionListener<TemplateId>, IDisposable
{
    private readonly DeviceCache _cache;
    private readonly Dictionary<TemplateId, ResidentRows> _kept = [];
    private readonly Func<RecordingUse, ResidentRows> _keep;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="options">The worker's.</param>
    /// <param name="model">The model, with the blocks whose rows are kept: how large a template is here.</param>
    /// <param name="keep">Keeps a recording's rows there.</param>
    public ResidentTemplates(TorchDeviceOptions options, ModelShape model, Func<RecordingUse, ResidentRows> keep)
    {
        var bytes = Math.Max(1, model.DeviceCacheBytes(options.Steps));
        var template = new CachedObject(bytes, bytes / options.Spec.LinkBytesPerSecond);
        _keep = keep;
        _cache = new DeviceCache(options.TemplateBytes, EvictionPolicies.Create(options.Eviction), _ => template, this) { KeepsAll = model.KeptBlocks is null };
    }

    /// <summary>Whether a template that is here is here whole.</summary>
    public bool KeepsAll => _cache.KeepsAll;

    /// <summary>What has happened so far.</summary>
    public TemplateCacheUse Counts => new() { DeviceHits = _cache.Hits, DeviceMisses = _cache.Misses, DeviceEvictions = _cache.Evictions };

    /// <summary>Whether a template is here.</summary>
    public bool Holds(TemplateId template) => _cache.Holds(template);

    /// <summary>A template's rows, or <c>null</c> where none are here.</summary>
    public ResidentRows? RowsOf(TemplateId template) => _kept.GetValueOrDefault(template);

    /// <summary>A request joins: its template's recording from here, or <c>null</c>: it must be asked of the host, which is counted here too.</summary>
    public RecordingUse? TryJoin(TemplateId template) => _cache.Join(template) ? _kept[template].Recording.Use() : null;

    /// <summary>A request takes steps without its template, or began at a later one: it leaves nothing here.</summary>
    public void NoteIncomplete(RequestId request) => _cache.NoteIncomplete(request);

    /// <summary>A request will not join any more.</summary>
    public void Forget(RequestId request) => _cache.Forget(request);

    /// <summary>A request leaves the batch.</summary>
    /// <param name="request">The request.</param>
    /// <param name="recording">What it used.</param>
    /// <param name="isComplete">Whether it has taken all of its steps, on a device that is well.</param>
    /// <returns>Whether its use of the host's copy ends.</returns>
    public bool Leave(in Request request, TemplateRecording recording, bool isComplete)
    {
        var (template, before) = (request.Template, _cache.Holds(request.Template));
        var fromHost = _cache.Leave(request, isComplete);
        if (!before && _cache.Holds(template))
        {
            _kept[template] = _keep(recording.Use());
        }

        return fromHost;
    }

    /// <inheritdoc/>
    void IEvictionListener<TemplateId>.Evicted(TemplateId key, CachedObject item, long uses)
    {
        if (_kept.Remove(key, out var rows))
        {
            rows.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rows in _kept.Values)
        {
            rows.Dispose();
        }

        _kept.Clear();
    }
}
