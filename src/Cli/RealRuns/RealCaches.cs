using System.Collections.Concurrent;
using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.RealRuns;

/// <summary>Where the recordings of a scenario's real runs lie: in this machine's memory, and in a folder of files where the scenario bounds the memory or the user names one.</summary>
/// <remarks>
/// A run whose memory is bounded begins with empty memory, as a simulated one does; what was recorded ahead lies in files. A run without a bound finds everything in memory.
/// </remarks>
/// <param name="templates">The templates.</param>
/// <param name="model">The first worker's model.</param>
/// <param name="scenario">The scenario: its steps, and the host that its run has.</param>
/// <param name="folder">The folder that the user named, or <c>null</c>: a temporary one, gone at the end.</param>
internal sealed class RealCaches(IReadOnlyList<EditTemplate> templates, ServedModel model, Scenario scenario, string? folder) : IDisposable
{
    private readonly List<string> _temporary = [];
    private readonly ConcurrentQueue<string> _messages = new();
    private TemplateStore? _recorded;
    private TemplateStore? _measured;
    private TemplateFiles? _warm;

    /// <summary>What there was to say of files.</summary>
    public IReadOnlyList<string> Messages => [.. _messages];

    /// <summary>Every template, in memory: what runs without a bound share.</summary>
    public TemplateStore Recorded => _recorded ??= new TemplateStore(templates, folder is null ? null : new TemplateStoreOptions { Files = Open(folder), Told = _messages.Enqueue });

    /// <summary>The templates on which workers are measured; all recorded for it, and as many as memory may hold.</summary>
    public TemplateStore Measured => !IsBounded(scenario.Fleet.Host) && folder is null
        ? Recorded
        : _measured ??= new TemplateStore([.. templates.Take(Fitting)]);

    /// <summary>Whether a run's caches are worth a word: nothing happens to them where memory has no bound and there are no files.</summary>
    public bool AreTold(FleetOptions fleet) => folder is not null || fleet.Host.DeviceCacheBytes > 0 || IsBounded(fleet.Host);

    /// <summary>Has every template recorded before a run that begins warm; without a bound and a folder <see cref="Measured"/> holds all of them already.</summary>
    /// <param name="record">Records those of <see cref="Recorded"/> that are neither in memory nor in a file.</param>
    public void Warm(Action record)
    {
        if (IsBounded(scenario.Fleet.Host))
        {
            _ = WarmFiles();
        }
        else if (folder is not null)
        {
            Recorded.LoadFiles();
            record();
        }
    }

    /// <summary>The store of one run, of a fleet that may have another host than the scenario's; give it back to <see cref="Close"/>.</summary>
    public TemplateStore StoreFor(FleetOptions fleet)
    {
        if (!IsBounded(fleet.Host))
        {
            return fleet.WarmTemplates ? Recorded
                : new TemplateStore(templates, folder is null ? null : new TemplateStoreOptions { Files = Open(folder), Told = _messages.Enqueue });
        }

        // A run that begins cold finds what the user's folder has, or else nothing.
        return new TemplateStore(templates, OptionsOf(fleet.Host, fleet.WarmTemplates ? WarmFiles() : Open(folder ?? NewFolder())));
    }

    /// <summary>A run has ended.</summary>
    /// <param name="store">Its store.</param>
    public void Close(TemplateStore store)
    {
        if (store != _recorded)
        {
            store.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorded?.Dispose();
        _measured?.Dispose();
        _temporary.ForEach(static path => Directory.Delete(path, recursive: true));
    }

    private int Fitting => (int)Math.Clamp((scenario.Fleet.Host.MemoryBytes ?? long.MaxValue) / Math.Max(1, model.Config.ToShape().TemplateCacheBytes(scenario.Steps)), 1, templates.Count);

    // Or templates come over a link: then runs begin with empty memory.
    private static bool IsBounded(HostOptions host) => host.MemoryBytes is not null || host.NetworkBytesPerSecond is not null || host.CacheHostBytesPerSecond is not null;

    private TemplateStoreOptions OptionsOf(HostOptions host, TemplateFiles files) => new()
    {
        MemoryBytes = host.MemoryBytes,
        DiskBytes = host.MemoryBytes is null ? 0 : host.DiskBytes,
        Eviction = host.Eviction,
        Prefetch = host.Prefetch,
        KeepsAll = host.CacheHosts > 0,
        DiskBytesPerSecond = host.DiskBytesPerSecond,
        StoreBytesPerSecond = Slower(host.NetworkBytesPerSecond, host.CacheHostBytesPerSecond),
        Files = files,
        Told = _messages.Enqueue,
    };

    private static double? Slower(double? one, double? other) => one is null || other < one ? other ?? one : one;

    // One after the other, so that memory holds one at a time beside those that are there.
    private TemplateFiles WarmFiles()
    {
        if (_warm is { } warm)
        {
            return warm;
        }

        var files = Open(folder ?? NewFolder());
        for (var number = 0; number < templates.Count; number++)
        {
            if (!files.Has(templates[number]))
            {
                Write(files, number);
            }
        }

        return _warm = files;
    }

    private void Write(TemplateFiles files, int number)
    {
        if ((_recorded ?? _measured)?.TryUse(new TemplateId(number)) is { } use)
        {
            using (use)
            {
                files.Write(use.Recording);
            }

            return;
        }

        using var recording = model.Record(templates[number], scenario.Steps);
        files.Write(recording);
    }

    private TemplateFiles Open(string path) => new(path, model, scenario.Steps);

    private string NewFolder()
    {
        _temporary.Add(Directory.CreateTempSubdirectory("simserve-templates-").FullName);
        return _temporary[^1];
    }
}
