using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Residency;
using SimServe.Simulator.Fleets;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Simulations;

/// <summary>The blocks whose rows devices keep of templates, for the workload of a scenario.</summary>
internal static class KeptBlocks
{
    private const int Seen = 2000;

    // The model with what its devices keep, where the scenario lets them choose.
    public static ModelShape Chosen(Scenario scenario, ModelShape model, Func<ICostModel> costs, IReadOnlyList<EditMask> masks) =>
        scenario.Fleet.Host is { DeviceCacheBytes: > 0, DeviceCache: HostOptions.ChosenBlocks } ? model with { KeptBlocks = Of(scenario, model, costs(), masks) } : model;

    // Looks at requests of the same kind as those that will be served, but not at these: a provider knows yesterday's.
    private static bool[] Of(Scenario scenario, ModelShape model, ICostModel costs, IReadOnlyList<EditMask> masks)
    {
        var seed = unchecked((int)scenario.Seed + 1);
        var others = ScenarioWorkload.Stream(scenario with { Seed = seed }, model.Grid, masks, seed, maskShapes: false);
        var (requests, tokens, templates) = (0, 0L, new Dictionary<TemplateId, int>());
        while (requests < Seen && others.TryNext(out var request))
        {
            (requests, tokens) = (requests + 1, tokens + request.Mask.MaskedTokens);
            templates[request.Template] = templates.GetValueOrDefault(request.Template) + 1;
        }

        var members = scenario.Policies.MaxBatchSize;
        return TemplateResidency.Choose(
            model, costs, members, (int)(members * tokens / Math.Max(1, requests)), scenario.Steps, scenario.Fleet.Host.DeviceCacheBytes,
            templates.Values.Select(count => count / (double)requests));
    }
}
