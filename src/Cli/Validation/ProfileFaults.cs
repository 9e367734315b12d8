using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>Whether a profile speaks of what is about to be run.</summary>
internal static class ProfileFaults
{
    /// <summary>What forbids its use.</summary>
    public static IEnumerable<InputFault> Of(DeviceProfile profile, ScenarioFiles files)
    {
        var (scenario, serving) = (files.Scenario, files.Serving);
        if (profile.Model != scenario.ModelName)
        {
            yield return new InputFault("--profile", $"a profile of the model \"{profile.Model}\"", $"\"{scenario.ModelName}\", the scenario's model", "Measure that, with 'simserve profile'.");
        }
        else if (OfSizes(profile, files.Model.ToShape()) is { } other)
        {
            yield return other;
        }

        if (profile.Device.Name != serving.ProfileName)
        {
            yield return new InputFault("--profile", $"a profile of the device \"{profile.Device.Name}\"", $"\"{serving.ProfileName}\", the device that serves", "Measure that, with 'simserve profile', or choose the other with --device.");
        }

        if (profile.Precision != serving.Precision)
        {
            yield return new InputFault("--profile", $"a profile in {profile.Precision}", $"{serving.Precision}, in which {serving.Device} serves", "Measure that, with 'simserve profile', or choose the other with --dtype.");
        }

        // Copies to a GPU go as fast as they can: the scenario's bandwidth is that of CPU workers.
        if (!serving.IsCuda && profile.Device.LinkBytesPerSecond != scenario.Fleet.LinkBytesPerSecond)
        {
            yield return new InputFault(
                "fleet.linkBytesPerSecond", FormattableString.Invariant($"{scenario.Fleet.LinkBytesPerSecond}"), FormattableString.Invariant($"{profile.Device.LinkBytesPerSecond}, that of the profile"),
                "Set it, or measure with --link-bytes-per-second.");
        }
    }

    /// <summary>Whether it was measured on a model of other sizes, though of the same name, or with other cached rows; <c>null</c> where it was not, or nobody noted it.</summary>
    public static InputFault? OfSizes(DeviceProfile profile, ModelShape model) => profile.ModelSizes is { } measured && measured != model.Sizes
        ? new InputFault("--profile", $"a profile of another \"{profile.Model}\" ({measured})", $"one of the scenario's ({model.Sizes})", "Measure that, with 'simserve profile'.")
        : OfCache(profile, model);

    // Another variant computes other things, and other numbers must be expanded: its times are others.
    private static InputFault? OfCache(DeviceProfile profile, ModelShape model) => (profile.Cache ?? default(CacheFormat).ToString()) is var measured && measured != model.Cache.ToString()
        ? new InputFault("--profile", $"a profile of cached rows as {measured}", $"{model.Cache}, as the scenario's", "Measure that, with 'simserve profile --cache-variant ... --cache-numbers ...', or change cache.variant and cache.numbers.")
        : null;

    /// <summary>What does not forbid its use but must be said, or <c>null</c>.</summary>
    public static string? Warning(DeviceProfile profile, ServingChoice serving) => profile.Environment == serving.Environment
        ? null
        : $"profile     measured elsewhere: {profile.Environment}; here: {serving.Environment}";
}
