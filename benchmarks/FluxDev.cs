using SimServe.Policies;
using SimServe.Simulator.Calibration;

namespace SimServe.Benchmarks;

/// <summary>A model of the size of FLUX.1-dev on a device of data-centre size: what the simulator's benchmarks serve.</summary>
internal static class FluxDev
{
    public static readonly ModelShape Model = new()
    {
        Name = "flux-dev",
        Grid = new TokenGrid(64, 64, 16),
        TextTokens = 512,
        BytesPerElement = 2,
        Blocks =
        [
            .. Enumerable.Repeat(new BlockShape(BlockKind.DoubleStream, 3072, 24, 12288, 4096, 512), 19),
            .. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 3072, 24, 12288, 4096, 512), 38),
        ],
    };

    public static readonly DeviceSpec Device = new() { Name = "gpu", PeakFlopsPerSecond = 989e12, LinkBytesPerSecond = 16e9 };

    public static readonly RooflineCostModel Costs = new(Device, Model, new RooflineOptions());
}
