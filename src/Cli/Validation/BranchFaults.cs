using SimServe.Policies;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>Whether a model's guidance branches can be shared by two devices of a worker, as <c>fleet.branchExchangeSeconds</c> asks.</summary>
internal static class BranchFaults
{
    /// <summary>The key, as messages name it.</summary>
    public const string Key = "fleet.branchExchangeSeconds";

    /// <summary>What forbids it, anywhere.</summary>
    public static IEnumerable<InputFault> Of(Scenario scenario, ModelShape model)
    {
        if (scenario.Fleet.BranchExchange is not null && model.Branches != 2)
        {
            yield return new InputFault(Key, "a worker of two devices", $"nothing: {model.Name} has {model.Branches} branch", "Remove it, or serve a model with classifier-free guidance.");
        }
    }

    /// <summary>What forbids it where real devices serve.</summary>
    public static IEnumerable<InputFault> Of(Scenario scenario, ModelShape model, ServingChoice serving)
    {
        foreach (var fault in Of(scenario, model))
        {
            yield return fault;
        }

        // A GPU's copy of a template's rows lies on one of the two.
        if (scenario.Fleet is { BranchExchange: not null, Host.DeviceCacheBytes: > 0 } && serving.IsCuda)
        {
            yield return new InputFault(Key, "a worker of two GPUs beside fleet.host.deviceCacheBytes", "one of the two where GPUs serve", "Remove one of them, or simulate the scenario.");
        }
    }
}
