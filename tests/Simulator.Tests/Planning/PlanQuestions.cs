using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Planning;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Planning;

/// <summary>Questions whose devices take a stated time for every request: many short steps, nothing else, batches of one.</summary>
internal static class PlanQuestions
{
    public const int Steps = 50;

    public static FleetOption Option(string name, double serviceSeconds, double usdPerHour, int most = 64) => new()
    {
        Device = new DeviceSpec { Name = name, PeakFlopsPerSecond = 1e12, LinkBytesPerSecond = 1e9 },
        Pricing = "on-demand",
        UsdPerHour = usdPerHour,
        PriceSource = "the test's",
        Costs = Costs(serviceSeconds),
        Provenance = new CostProvenance(Provenance.Analytic, "the test's"),
        Most = most,
    };

    public static ICostModel Costs(double serviceSeconds) => new TestCosts
    {
        FlopsPerSecond = 1e18,
        BytesPerSecond = 1e18,
        Encode = TimeSpan.Zero,
        Decode = TimeSpan.Zero,
        Overhead = _ => Duration.FromSeconds(serviceSeconds / Steps),
    };

    public static CapacityQuestion Ask(double requestsPerSecond, ServiceObjective objective, params FleetOption[] options) => new()
    {
        Model = TestWorkload.Model,
        Workload = new WorkloadOptions { Requests = 1500, RequestsPerSecond = requestsPerSecond, Steps = Steps, MaskRatios = "constant:0.1" },
        Objective = objective,
        Options = options,
        Policies = new PolicyOptions { MaxBatchSize = 1, Pipeline = "full", Routing = "mask-aware" },
        Spares = 0,
        Mixes = false,
        AnswersWithHeadroom = 0,
        Seed = 7,
    };

    public static PlanResult Answer(CapacityQuestion question) => new CapacityPlanner(question).Plan();
}
