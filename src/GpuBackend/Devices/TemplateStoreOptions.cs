using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;
using SimServe.Policies.Caches;

namespace SimServe.GpuBackend.Devices;

/// <summary>What a machine has for templates' recordings beside the devices: the same quantities that a simulated host has.</summary>
public sealed record TemplateStoreOptions
{
    /// <summary>Host memory for the rows of recordings, bytes, or <c>null</c>: no bound.</summary>
    /// <remarks>What does not fit beside what is in use is held for its users only. Residuals and latents of a template come on top.</remarks>
    public long? MemoryBytes { get; init; }

    /// <summary>Disk for recordings that memory had no room for, bytes; 0: none.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Which templates leave memory or disk first: one of <see cref="EvictionPolicies.Names"/>.</summary>
    /// <value><c>lru</c>.</value>
    public string Eviction { get; init; } = LeastRecentlyUsedEviction.PolicyName;

    /// <summary>Whether a request's template is read while the request waits.</summary>
    /// <value><c>true</c>.</value>
    public bool Prefetch { get; init; } = true;

    /// <summary>The files of recordings, or <c>null</c>: what leaves memory is recorded anew.</summary>
    public TemplateFiles? Files { get; init; }

    /// <summary>Whether every recording is kept in a file, which stands for a fleet's remote storage; otherwise only what memory had no room for and <see cref="DiskBytes"/> has.</summary>
    /// <value><c>true</c>.</value>
    public bool KeepsAll { get; init; } = true;

    /// <summary>Reading from the disk takes at least as long as this bandwidth says, bytes/s, or <c>null</c>: as fast as it goes. Also what the worth of a recording is reckoned by.</summary>
    public double? DiskBytesPerSecond { get; init; }

    /// <summary>The same for what lies in remote storage alone.</summary>
    public double? StoreBytesPerSecond { get; init; }

    /// <summary>Sees every recording before it is kept, on the thread that made it; <c>null</c>: nobody does.</summary>
    internal Action<TemplateId, TemplateRecording>? Recorded { get; init; }

    /// <summary>Hears in words of files that cannot be used or written, on any thread; <c>null</c>: nobody does.</summary>
    public Action<string>? Told { get; init; }
}
