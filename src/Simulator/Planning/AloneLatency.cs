using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;

namespace SimServe.Simulator.Planning;

/// <summary>How long a request takes on an idle worker: encoding, its steps in a batch of one, decoding.</summary>
internal sealed class AloneLatency
{
    private readonly Lock _lock = new();
    private readonly bool _resident;
    private readonly StepPlanner _planner;
    private readonly ICostModel _costs;

    // Resident: with its template in the device's memory.
    public AloneLatency(ModelShape model, ICostModel costs, PolicyOptions policies, bool resident = false) =>
        (_costs, _planner, _resident) = (costs, new StepPlanner(model, costs, PolicyCatalogue.CreatePipeline(policies.Pipeline)), resident);

    public double Seconds(int maskedTokens, int steps) => (_costs.Encode + (steps * StepTime(1, maskedTokens)) + _costs.Decode).TotalSeconds;

    // Planners remember their answers and are not made for several threads.
    public TimeSpan StepTime(int members, int maskedTokens)
    {
        lock (_lock)
        {
            return _planner.StepTime(members, maskedTokens, _resident ? new ResidentPart(members, maskedTokens) : default);
        }
    }
}
