using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.Devices;

/// <summary>The templates of one machine and the activation caches of those that have been recorded: in host memory, on its disk, and in what stands for remote storage.</summary>
/// <remarks>
/// Shared by the machine's devices; safe to use from their threads. Decides what a simulated host decides, by the same tiers and policies, and moves real bytes: a thread of its own reads and
/// writes files one after the other, in order. What a batch uses is pinned, from <see cref="TryJoin"/> to <see cref="Leave"/>; and memory is never freed under whoever has a
/// <see cref="RecordingUse"/>. A file that is torn, altered or another's is told of and counts as if it were not there: its template is recorded anew, and the file with it.
/// </remarks>
public sealed class TemplateStore : IDisposable
{
    private const int Memory = 0;
    private const int Disk = 1;

    private readonly IReadOnlyList<EditTemplate> _templates;
    private readonly TemplateStoreOptions _options;
    private readonly TieredCache<TemplateId> _tiers;
    private readonly TemplateTraffic? _traffic;
    private readonly Lock _gate = new();
    private readonly Dictionary<TemplateId, TemplateRecording> _recordings = [];
    private readonly Dictionary<TemplateId, int> _transient = [];
    private readonly Dictionary<TemplateId, List<Action>> _fetches = [];
    private readonly HashSet<TemplateId> _filed = [];
    private readonly HashSet<TemplateId> _faulty = [];
    private readonly HashSet<TemplateId> _landed = [];
    private TemplateCacheUse _counts = new();
    private bool _disposed;

    /// <summary>Creates a store.</summary>
    /// <param name="templates">All templates, by their numbers.</param>
    /// <param name="options">What the machine has for them; <c>null</c>: memory without a bound, and nothing else.</param>
    /// <exception cref="ArgumentException">The eviction policy is unknown.</exception>
    public TemplateStore(IReadOnlyList<EditTemplate> templates, TemplateStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(templates);
        (_templates, _options) = (templates, options ?? new TemplateStoreOptions());
        var policy = EvictionPolicies.Create(_options.Eviction);
        _tiers = new TieredCache<TemplateId>("store", new CacheTier("memory", _options.MemoryBytes ?? long.MaxValue, policy), new CacheTier("disk", _options.DiskBytes, policy))
        {
            Listener = new Evictions(LeftMemory),
            Dropped = new Evictions(LeftDisk),
        };
        if (_options.Files is { } files)
        {
            _traffic = new TemplateTraffic(files, _options);
            FindFiles();
        }
    }

    /// <summary>Number of templates.</summary>
    public int Count => _templates.Count;

    /// <summary>Whether what a request needs may be read before it joins.</summary>
    public bool HasFiles => _traffic is not null;

    /// <summary>What has happened so far.</summary>
    public TemplateCacheUse Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts with { HostEvictions = _tiers.EvictionsOf(Memory) };
            }
        }
    }

    /// <summary>Bytes of rows that memory holds within its bound; what is held for its users only comes on top.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return _tiers.UsedBytesOf(Memory);
            }
        }
    }

    /// <summary>A template.</summary>
    /// <param name="id">Its number, from 0 to <see cref="Count"/> - 1.</param>
    public EditTemplate this[TemplateId id] => _templates[id.Value];

    /// <summary>Whether a template's recording is in memory.</summary>
    /// <param name="id">Its number.</param>
    public bool Holds(TemplateId id)
    {
        lock (_gate)
        {
            return _recordings.ContainsKey(id);
        }
    }

    /// <summary>Whether a template's recording lies in a file, so that it need not be recorded.</summary>
    /// <param name="id">Its number.</param>
    public bool IsFiled(TemplateId id)
    {
        lock (_gate)
        {
            return CanFetch(id);
        }
    }

    /// <summary>A template's recording.</summary>
    /// <param name="id">Its number.</param>
    /// <exception cref="KeyNotFoundException">It is not in memory.</exception>
    public TemplateRecording Recording(TemplateId id)
    {
        lock (_gate)
        {
            return _recordings[id];
        }
    }

    /// <summary>Uses a template's recording, unless it is not in memory: then <c>null</c>. Not counted as a use.</summary>
    /// <param name="id">Its number.</param>
    public RecordingUse? TryUse(TemplateId id)
    {
        lock (_gate)
        {
            return _recordings.TryGetValue(id, out var recording) ? recording.TryUse() : null;
        }
    }

    /// <summary>A request joins a batch: its template's recording is counted as used and stays in memory until <see cref="Leave"/>.</summary>
    /// <param name="id">The template's number.</param>
    /// <returns><c>null</c> where it is not in memory.</returns>
    public RecordingUse? TryJoin(TemplateId id)
    {
        lock (_gate)
        {
            if (!_recordings.TryGetValue(id, out var recording))
            {
                return null;
            }

            _counts = _counts with { HostUses = _counts.HostUses + 1 };
            if (_transient.TryGetValue(id, out var users))
            {
                _transient[id] = users + 1;
            }
            else
            {
                _tiers.Use(id, ObjectOf(recording));
                _tiers.Pin(id, Memory);
                TakeUp(id);
            }

            return recording.TryUse();
        }
    }

    /// <summary>A request has left its batch.</summary>
    /// <param name="id">The template's number.</param>
    /// <param name="use">What <see cref="TryJoin"/> gave; disposed.</param>
    public void Leave(TemplateId id, RecordingUse use)
    {
        ArgumentNullException.ThrowIfNull(use);
        lock (_gate)
        {
            // What was lost meanwhile, and recorded anew, is not what it used.
            if (_recordings.TryGetValue(id, out var recording) && ReferenceEquals(recording, use.Recording) && !_tiers.Unpin(id, Memory))
            {
                LeaveTransient(id);
            }
        }

        use.Dispose();
    }

    /// <summary>Nobody waits any more for a template that a batch waited for: it stays in memory only if there is room.</summary>
    /// <param name="id">The template's number.</param>
    /// <remarks>Another worker that waited for it too, and has not looked yet, asks for it again.</remarks>
    public void Unstage(TemplateId id)
    {
        lock (_gate)
        {
            TakeUp(id);
            if (_transient.TryGetValue(id, out var users) && users == 1)
            {
                _transient.Remove(id);
                Drop(id);
            }
        }
    }

    /// <summary>Keeps a recording; of two recordings of one template the first is kept, since edits may already use it.</summary>
    /// <param name="id">The template's number.</param>
    /// <param name="recording">The recording, owned by the store from now on.</param>
    /// <param name="awaited">Whether a batch waits for it: then it stays in memory until the batch joins, be there room or not.</param>
    public void Add(TemplateId id, TemplateRecording recording, bool awaited = false)
    {
        ArgumentNullException.ThrowIfNull(recording);
        _options.Recorded?.Invoke(id, recording);
        lock (_gate)
        {
            if (_disposed || _recordings.ContainsKey(id))
            {
                recording.Dispose();
                return;
            }

            _counts = _counts with { Recordings = _counts.Recordings + 1, RebuiltFiles = _counts.RebuiltFiles + (_faulty.Remove(id) ? 1 : 0) };
            if (_options.KeepsAll)
            {
                File(id, recording);
            }

            Arrive(id, recording, awaited);
        }
    }

    /// <summary>A request waits that will need a template: reads it from its file, if that is where it is. A hint.</summary>
    /// <param name="id">The template's number.</param>
    public void Prefetch(TemplateId id)
    {
        lock (_gate)
        {
            if (_options.Prefetch && !_recordings.ContainsKey(id) && !_fetches.ContainsKey(id) && CanFetch(id))
            {
                Begin(id);
            }
        }
    }

    /// <summary>How long a request that is sent here now would wait for its template.</summary>
    /// <param name="id">The template's number.</param>
    /// <returns><c>null</c> where it would have to be recorded.</returns>
    /// <remarks>Files are read one after the other, at the bandwidth that is stated; where none is, reading is taken to cost nothing.</remarks>
    public TemplateDelay? DelayOf(TemplateId id)
    {
        lock (_gate)
        {
            if (_recordings.ContainsKey(id))
            {
                return default(TemplateDelay);
            }

            var isRead = _fetches.ContainsKey(id);
            if (!isRead && !CanFetch(id))
            {
                return null;
            }

            var bandwidth = (_tiers.Holds(id, Disk) ? _options.DiskBytesPerSecond : _options.StoreBytesPerSecond) ?? double.PositiveInfinity;
            var bytes = (double)_options.Files!.RowBytes * (_fetches.Count + (isRead ? 0 : 1));
            var time = Duration.FromSeconds(bytes / bandwidth);
            return isRead || _options.Prefetch ? new TemplateDelay(time, TimeSpan.Zero) : new TemplateDelay(TimeSpan.Zero, time);
        }
    }

    /// <summary>Reads a template from its file into memory, once for all who ask meanwhile.</summary>
    /// <param name="id">The template's number.</param>
    /// <param name="done">Called, on any thread, when it has arrived or cannot be had; whoever waits looks again.</param>
    public void Fetch(TemplateId id, Action done)
    {
        ArgumentNullException.ThrowIfNull(done);
        lock (_gate)
        {
            if (!_recordings.ContainsKey(id) && (_fetches.ContainsKey(id) || CanFetch(id)))
            {
                (_fetches.GetValueOrDefault(id) ?? Begin(id)).Add(done);
                return;
            }
        }

        done();
    }

    /// <summary>Reads every template that lies in a file and not in memory, one after the other, and waits for it.</summary>
    public void LoadFiles()
    {
        using var done = new ManualResetEventSlim();
        for (var number = 0; number < Count; number++)
        {
            done.Reset();
            Fetch(new TemplateId(number), done.Set);
            done.Wait();
        }
    }

    /// <summary>Notes that a batch waited for a template to be fetched or recorded.</summary>
    public void NoteWait()
    {
        lock (_gate)
        {
            _counts = _counts with { HostWaits = _counts.HostWaits + 1 };
        }
    }

    /// <summary>Remote storage, or where there are no files this machine's memory, loses recordings: their templates must be recorded anew. Edits that use them already may go on.</summary>
    /// <param name="lost">Which templates' recordings are lost.</param>
    public void Lose(Predicate<TemplateId> lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        lock (_gate)
        {
            if (_traffic is null)
            {
                foreach (var id in _recordings.Keys.Where(id => lost(id)).ToArray())
                {
                    _tiers.Remove(id);
                    _transient.Remove(id);
                    Drop(id);
                }
            }

            foreach (var id in _filed.Where(id => lost(id) && !_tiers.Holds(id, Disk)).ToArray())
            {
                Unfile(id);
            }
        }
    }

    /// <summary>Waits until every file that is being written is there, then forgets everything that is in memory.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _traffic?.Dispose();
        foreach (var recording in _recordings.Values)
        {
            recording.Dispose();
        }

        _recordings.Clear();
    }

    private void FindFiles()
    {
        for (var number = 0; number < _templates.Count; number++)
        {
            var id = new TemplateId(number);
            if (_options.Files!.Has(this[id]) && (_options.KeepsAll || _tiers.Promote(id, ObjectOf(_options.Files.RowBytes), Disk)))
            {
                _filed.Add(id);
            }
        }
    }

    private bool CanFetch(TemplateId id) => _filed.Contains(id);

    private CachedObject ObjectOf(TemplateRecording recording) => ObjectOf(recording.Bytes);

    // Without a stated bandwidth every byte costs the same to load again.
    private CachedObject ObjectOf(long bytes) => new(bytes, bytes / (_options.DiskBytesPerSecond ?? 1e9));

    private List<Action> Begin(TemplateId id)
    {
        List<Action> waiting = [];
        _fetches.Add(id, waiting);
        var fromDisk = _tiers.Holds(id, Disk);
        _counts = fromDisk ? _counts with { DiskFetches = _counts.DiskFetches + 1 } : _counts with { StoreFetches = _counts.StoreFetches + 1 };
        _traffic!.Read(this[id], fromDisk, recording => Fetched(id, recording));
        return waiting;
    }

    // On the thread of files.
    private void Fetched(TemplateId id, TemplateRecording? recording)
    {
        List<Action> waiting;
        lock (_gate)
        {
            _fetches.Remove(id, out waiting!);
            if (recording is null)
            {
                _filed.Remove(id);
                _faulty.Add(id);
                _tiers.Remove(id);
            }
            else if (_disposed || _recordings.ContainsKey(id))
            {
                recording.Dispose();
            }
            else
            {
                _counts = _counts with { BytesFetched = _counts.BytesFetched + recording.Bytes };
                Arrive(id, recording, waiting.Count > 0);
            }
        }

        waiting.ForEach(static done => done());
    }

    // What has no room and nobody waits for is not kept.
    private void Arrive(TemplateId id, TemplateRecording recording, bool awaited)
    {
        var isKept = _tiers.Promote(id, ObjectOf(recording), Memory);
        if (!isKept && !awaited)
        {
            recording.Dispose();
            return;
        }

        if (!isKept)
        {
            // The first one in the count is the fetch itself.
            _transient[id] = 1;
        }
        else if (awaited && _landed.Add(id))
        {
            // Nobody else's arrival may take its place before those who wait have looked.
            _tiers.Pin(id, Memory);
        }

        _recordings.Add(id, recording);
    }

    private void TakeUp(TemplateId id)
    {
        if (_landed.Remove(id))
        {
            _tiers.Unpin(id, Memory);
        }
    }

    private void LeaveTransient(TemplateId id)
    {
        if (!_transient.TryGetValue(id, out var users))
        {
            return;
        }

        if (users > 2)
        {
            _transient[id] = users - 1;
            return;
        }

        _transient.Remove(id);
        Drop(id);
    }

    private void LeftMemory(TemplateId id)
    {
        if (!_options.KeepsAll && _tiers.Holds(id, Disk))
        {
            File(id, _recordings[id]);
        }

        Drop(id);
    }

    private void LeftDisk(TemplateId id)
    {
        if (!_options.KeepsAll)
        {
            Unfile(id);
        }
    }

    private void Drop(TemplateId id)
    {
        _landed.Remove(id);
        if (_recordings.Remove(id, out var recording))
        {
            recording.Dispose();
        }
    }

    private void File(TemplateId id, TemplateRecording recording)
    {
        if (_traffic is not null && _filed.Add(id))
        {
            _traffic.Write(recording.Use(), () => NotWritten(id));
        }
    }

    private void NotWritten(TemplateId id)
    {
        lock (_gate)
        {
            _filed.Remove(id);
        }
    }

    private void Unfile(TemplateId id)
    {
        if (_filed.Remove(id))
        {
            _traffic!.Delete(this[id]);
        }
    }

    private sealed class Evictions(Action<TemplateId> left) : IEvictionListener<TemplateId>
    {
        public void Evicted(TemplateId key, CachedObject item, long uses) => left(key);
    }
}
