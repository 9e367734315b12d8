using SimServe.Policies;

namespace SimServe.Simulator.Catalogue;

/// <summary>What is published about a kind of device, every number with its source.</summary>
public sealed record DeviceEntry
{
    /// <summary>Name in plans and scenarios, e.g. <c>H100</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its full name.</summary>
    public required string Title { get; init; }

    /// <summary>Peak rate of dense bf16 and fp16 matrix products, FLOP/s.</summary>
    public required Sourced PeakFlopsPerSecond { get; init; }

    /// <summary>Device memory, bytes.</summary>
    public required Sourced MemoryBytes { get; init; }

    /// <summary>Bandwidth of device memory, bytes/s.</summary>
    public required Sourced MemoryBytesPerSecond { get; init; }

    /// <summary>The link to its host, e.g. <c>PCIe 5.0 x16</c>.</summary>
    public required string HostLink { get; init; }

    /// <summary>What that link moves to the device in practice, bytes/s.</summary>
    public required Sourced LinkBytesPerSecond { get; init; }

    /// <summary>Power under load, watts: the board's limit.</summary>
    public required Sourced LoadWatts { get; init; }

    /// <summary>Power while it waits with a model loaded, watts.</summary>
    public required Sourced IdleWatts { get; init; }

    /// <summary>What an hour costs, once for each way to pay.</summary>
    public required IReadOnlyList<DevicePrice> Prices { get; init; }

    /// <summary>The measurements that shares of the peak are fitted to, at most one for each model.</summary>
    public IReadOnlyList<PublishedLatency> Anchors { get; init; } = [];

    /// <summary>The device whose anchors are taken where there are none of a kind of model here, or <c>null</c>.</summary>
    public SimilarDevice? Similar { get; init; }

    /// <summary>Other measurements of it, to see how far the fits are off; nothing is fitted to them.</summary>
    public IReadOnlyList<PublishedLatency> Checks { get; init; } = [];

    /// <summary>What policies know of it.</summary>
    public DeviceSpec ToSpec() => new()
    {
        Name = Name,
        PeakFlopsPerSecond = PeakFlopsPerSecond.Value,
        LinkBytesPerSecond = LinkBytesPerSecond.Value,
    };

    /// <summary>What an hour costs.</summary>
    /// <param name="pricing">How it is paid for.</param>
    public DevicePrice PriceOf(Pricing pricing) => Prices.Single(price => price.Pricing == pricing);
}
