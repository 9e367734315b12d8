using SimServe.GpuBackend.Profiling;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>Whether a profile speaks of what is about to be run.</summary>
internal static class ProfileFaults
{
    private const string Device = "cpu";
    private const string Precision = "fp32";

    /// <summary>What forbids its use.</summary>
    public static IEnumerable<InputFault> Of(DeviceProfile profile, Scenario scenario)
    {
        if (profile.Model != scenario.Model)
        {
            yield return new InputFault("--profile", $"a profile of the model \"{profile.Model}\"", $"\"{scenario.Model}\", the scenario's model", "Measure that, with 'simserve profile'.");
        }

        if (profile.Device.Name != Device)
        {
            yield return new InputFault("--profile", $"a profile of the device \"{profile.Device.Name}\"", $"\"{Device}\", the device that serves", "Measure that, with 'simserve profile'.");
        }

        if (profile.Precision != Precision)
        {
            yield return new InputFault("--profile", $"a profile in {profile.Precision}", $"{Precision}, in which {Device} serves", "Measure that, with 'simserve profile'.");
        }

        if (profile.Device.LinkBytesPerSecond != scenario.Fleet.LinkBytesPerSecond)
        {
            yield return new InputFault(
                "fleet.linkBytesPerSecond", FormattableString.Invariant($"{scenario.Fleet.LinkBytesPerSecond}"), FormattableString.Invariant($"{profile.Device.LinkBytesPerSecond}, that of the profile"),
                "Set it, or measure with --link-bytes-per-second.");
        }
    }

    /// <summary>What does not forbid its use but must be said, or <c>null</c>.</summary>
    public static string? Warning(DeviceProfile profile) => profile.Environment == CpuProbe.Environment()
        ? null
        : $"profile     measured elsewhere: {profile.Environment}; here: {CpuProbe.Environment()}";
}
