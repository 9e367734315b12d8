using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Tests.Devices;

namespace SimServe.Simulator.Tests.AddOns;

/// <summary>A U-Net whose way down takes 6 ms for each image and whose way up takes 4; its ControlNets take 5. Nothing else takes time.</summary>
internal static class AddOnFixture
{
    public const int Steps = 10;

    private static readonly BlockWork One = new(new Work(1, 0, 0, 1, 0), default, default);

    public static ModelShape Model { get; } = TestWorkload.Model with
    {
        Blocks = [new BlockShape(BlockKind.DoubleStream, 1, 256, 0, One), new BlockShape(BlockKind.SingleStream, 1, 256, 0, One)],
        ControlNet = new ControlNetSizes
        {
            Blocks = [new BlockShape(BlockKind.Convolution, 1, 256, 0, One)],
            DecoderFrom = 1,
            LatentBytes = 1000,
            ResidualBytes = 99_000,
        },
    };

    public static AdapterOptions Adapters { get; } = new()
    {
        ControlNetBytes = 1000,
        LoraBytes = 1000,
        DeviceBytes = 10_000,
        LoraDeviceBytes = 10_000,
        Patch = TimeSpan.FromMilliseconds(3),
        Unpatch = TimeSpan.FromMilliseconds(2),
    };

    // A link over which an adapter takes 35 ms.
    public static Simulation Simulation(IReadOnlyList<Request> requests, AddOnOptions addOns, int workers = 1, int controlNetDevices = 0, ControlNetFleet? controlNets = null)
    {
        var device = TestWorkload.Device with { LinkBytesPerSecond = 1000 / 0.035 };
        var costs = new StageCosts();
        return new Simulation
        {
            Model = Model,
            Fleet = SimulatedFleet.Of(device, costs, workers) with
            {
                Adapters = Adapters,
                ControlNets = (controlNets ?? new ControlNetFleet()) with
                {
                    Devices = [.. Enumerable.Range(0, controlNetDevices).Select(number => new ControlNetDevice($"controlnet:{number}", device, costs))],
                },
            },
            Policies = new PolicyOptions { Pipeline = "full", Routing = "round-robin", MaxBatchSize = 4, AddOns = addOns },
            Requests = requests,
        };
    }

    public static Request Request(int id, double milliseconds, int[] controlNets, int[] loras, int steps = Steps) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = Instant.FromSeconds(milliseconds / 1000),
        Template = new TemplateId(0),
        Mask = EditMask.FromTokens(TestWorkload.Grid, [.. Enumerable.Range(0, 256)]),
        Steps = steps,
        Prompt = "",
        Seed = id,
        Adapters = new AdapterSet(controlNets, loras),
    };

    // From joining the batch to the last step, in milliseconds.
    public static double Denoising(RequestRecord record) => (record.DenoisedAt!.Value - record.JoinedAt!.Value).TotalMilliseconds;

    internal sealed class StageCosts : ICostModel
    {
        public double ControlFactor { get; init; } = 1;

        public TimeSpan Encode => TimeSpan.Zero;

        public TimeSpan Decode => TimeSpan.Zero;

        public TimeSpan Compute(BlockKind kind, in Work work) => work.Members * (kind switch
        {
            BlockKind.DoubleStream => TimeSpan.FromMilliseconds(6),
            BlockKind.SingleStream => TimeSpan.FromMilliseconds(4),
            _ => TimeSpan.FromMilliseconds(5),
        });

        public TimeSpan Control(BlockKind kind, in Work work) => Compute(kind, work) * ControlFactor;

        public TimeSpan Load(long bytes) => TimeSpan.Zero;

        public TimeSpan StepOverhead(int members) => TimeSpan.Zero;

        public TimeSpan Record(int steps) => TimeSpan.Zero;
    }
}
