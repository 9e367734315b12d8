using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Routing;

namespace SimServe.Policies.Tests.Routing;

/// <summary>Requests, planners and random fleets for tests of what looks at fleets.</summary>
internal static class RoutingFixture
{
    public const int MaxBatchSize = 4;

    public static readonly ModelShape Model = ModelShapeTests.Flux(doubles: 2, singles: 2);

    /// <summary>Planners of a fleet of three kinds of workers, one twice as slow as the next.</summary>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="pipeline">Their pipeline policy.</param>
    public static StepPlanner[] Planners(int workers, string pipeline = OptimalPipeline.Name)
    {
        StepPlanner[] kinds = [.. new[] { 1.0, 2.0, 4.0 }.Select(slowness =>
            new StepPlanner(Model, new LinearCostModel(slowness), PolicyCatalogue.CreatePipeline(pipeline)))];
        return [.. Enumerable.Range(0, workers).Select(worker => kinds[worker % kinds.Length])];
    }

    public static Request Request(int maskedTokens, int steps = 20) => new()
    {
        Id = default,
        ArrivesAt = default,
        Template = default,
        Mask = EditMask.FromTokens(Model.Grid, [.. Enumerable.Range(0, maskedTokens)]),
        Steps = steps,
        Prompt = "",
        Seed = 0,
    };

    public static Request RandomRequest(RandomStream stream) => Request(stream.Next(1, 4097), stream.Next(1, 21)) with
    {
        Template = new TemplateId(stream.Next(4)),
        Adapters = stream.Next(2) == 0 ? AdapterSet.None : new AdapterSet([stream.Next(3)], [stream.Next(3)]),
    };

    public static WorkerSnapshot View(int worker, int running, params (int Tokens, int Steps)[] requests) => new(
        new WorkerId(worker), running, [.. requests.Select(static request => new OutstandingRequest(default, request.Tokens, request.Steps))]);

    /// <summary>A snapshot of a worker with up to a full batch and up to six requests that wait.</summary>
    /// <param name="worker">Its number.</param>
    /// <param name="now">Its steps began up to a second before.</param>
    /// <param name="stream">Where it comes from.</param>
    public static WorkerSnapshot RandomView(int worker, Instant now, RandomStream stream)
    {
        var (running, waiting) = (stream.Next(MaxBatchSize + 1), stream.Next(3) == 0 ? stream.Next(7) : 0);
        return new WorkerSnapshot(
            new WorkerId(worker), running, [.. Enumerable.Range(0, running + waiting).Select(_ => RandomOutstanding(stream))])
        {
            AsOf = now - TimeSpan.FromTicks(stream.Next(10_000_000)),
            HoldsTemplate = stream.Next(2) == 0,
            AdaptersMissing = stream.Next(3),
        };
    }

    public static OutstandingRequest RandomOutstanding(RandomStream stream) =>
        new(new TemplateId(stream.Next(4)), stream.Next(1, 4097), stream.Next(1, 21));

    /// <summary>Compute and loads that grow with work and bytes, and a part of each step that does not.</summary>
    /// <param name="slowness">Factor of all times.</param>
    public sealed class LinearCostModel(double slowness = 1) : ICostModel
    {
        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => Duration.FromSeconds(slowness * (1e-5 + (work.Flops / 4e14)));

        public TimeSpan Load(long bytes) => Duration.FromSeconds(slowness * bytes / 25e9);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromSeconds(1);
    }
}
