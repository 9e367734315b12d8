using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Scenarios;

/// <summary>The requests of a scenario: those with drawn masks first, the others from the workload's distributions.</summary>
public static class ScenarioWorkload
{
    /// <summary>Builds them; the same scenario gives the same requests.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="grid">The model's tokens.</param>
    /// <param name="masks">The masks of the scenario's edits, in order.</param>
    public static Request[] Build(Scenario scenario, TokenGrid grid, IReadOnlyList<EditMask> masks)
    {
        var requests = new WorkloadBuilder(OptionsOf(scenario), grid).Build(scenario.Seed);
        for (var i = 0; i < Math.Min(masks.Count, requests.Length); i++)
        {
            var edit = scenario.Edits[i];
            requests[i] = requests[i] with
            {
                Template = new TemplateId(edit.Template),
                Mask = masks[i],
                Prompt = edit.Prompt,
                Seed = edit.Seed,
            };
        }

        return requests;
    }

    private static WorkloadOptions OptionsOf(Scenario scenario) => new()
    {
        Requests = scenario.Workload.Requests,
        RequestsPerSecond = scenario.Workload.RatePerSecond,
        Arrivals = scenario.Workload.Arrivals ?? new PoissonPattern(),
        MaskRatios = scenario.Workload.Masks,
        Steps = scenario.Steps,
        Templates = scenario.Templates.Count,
        TemplateZipfExponent = scenario.Workload.TemplateSkew,
        Prompts = scenario.Workload.Prompts,
    };
}
