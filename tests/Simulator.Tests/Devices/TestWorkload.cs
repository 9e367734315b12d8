using SimServe.Policies;
using SimServe.Policies.Serving;
using SimServe.Simulator.Fleets;

namespace SimServe.Simulator.Tests.Devices;

internal static class TestWorkload
{
    public static readonly TokenGrid Grid = new(16, 16, 16);

    public static readonly ModelShape Model = new()
    {
        Name = "test",
        Grid = Grid,
        TextTokens = 16,
        BytesPerElement = 4,
        Blocks =
        [
            .. Enumerable.Repeat(new BlockShape(BlockKind.DoubleStream, 192, 6, 768, 256, 16), 4),
            .. Enumerable.Repeat(new BlockShape(BlockKind.SingleStream, 192, 6, 768, 256, 16), 8),
        ],
    };

    public static readonly DeviceSpec Device = new() { Name = "cpu", PeakFlopsPerSecond = 75e9, LinkBytesPerSecond = 2e8 };

    public static Request[] Poisson(int count, double ratePerSecond, long seed, int steps = 8, int templates = 3)
    {
        var (arrivals, masks) = (new RandomStream(seed, "arrivals"), new RandomStream(seed, "masks"));
        var now = 0.0;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            now += -Math.Log(1 - arrivals.NextDouble()) / ratePerSecond;
            return new Request
            {
                Id = new RequestId(i),
                ArrivesAt = Instant.FromSeconds(now),
                Template = new TemplateId(i % templates),
                Mask = EditMask.FromTokens(Grid, [.. Enumerable.Range(0, masks.Next(1, 200))]),
                Steps = steps,
                Prompt = "",
                Seed = i,
            };
        })];
    }

    // The same requests, a share of whose users give up after an exponentially distributed time.
    public static Request[] Impatient(IReadOnlyList<Request> requests, double share, double meanSeconds, long seed = 1)
    {
        var random = new RandomStream(seed, "patience");
        return [.. requests.Select(request =>
        {
            var (givesUp, seconds) = (random.NextDouble() < share, -meanSeconds * Math.Log(1 - random.NextDouble()));
            return givesUp ? request with { CancelsAt = request.ArrivesAt + Duration.FromSeconds(seconds) } : request;
        })];
    }

    public static Simulation Simulation(IReadOnlyList<Request> requests, int workers = 2, PolicyOptions? policies = null) => new()
    {
        Model = Model,
        Fleet = SimulatedFleet.Of(Device, [.. Enumerable.Range(0, workers).Select(static _ => new TestCosts())]),
        Policies = policies ?? new PolicyOptions { MaxBatchSize = 4 },
        Requests = requests,
    };

    // Every number a run leaves behind, as text.
    public static string Trace(ServingResult result) => string.Join('\n', [
        .. result.Records.Select(static r =>
            $"{r.Request.Id} {r.Worker} {r.ArrivedAt.Ticks} {r.StartedAt?.Ticks} {r.DenoisedAt?.Ticks} {r.FinishedAt.Ticks} {r.Outcome} {r.Failure}"),
        .. result.Segments.Select(static s =>
            $"{s.Worker} {s.Start.Ticks} {s.End.Ticks} {s.Steps} {s.BytesLoaded} {string.Join(',', s.Plan.Members)} {string.Join(',', s.Plan.Modes)}"),
        $"{result.EndedAt.Ticks}"]);
}
