using SimServe.Policies.Profiles;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Validation;

/// <summary>A profile that was measured before, for a scenario that is about to be run.</summary>
internal static class GivenProfile
{
    // Throws InvalidInputException where it speaks of something else.
    public static DeviceProfile Read(string file, ScenarioFiles files, string scenarioFile)
    {
        if (!File.Exists(file))
        {
            throw new InvalidInputException(scenarioFile, [new InputFault("--profile", $"\"{file}\", which is not there", "a profile", "Measure one, with 'simserve profile'.")]);
        }

        var profile = ProfileFile.Read(file);
        InputFault[] faults = [.. ProfileFaults.Of(profile, files)];
        return faults.Length == 0 ? profile : throw new InvalidInputException(scenarioFile, faults);
    }
}
