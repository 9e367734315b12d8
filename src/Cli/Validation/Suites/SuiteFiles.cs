using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>A suite with every scenario of its cases read and checked.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Base">The scenario that all cases start from.</param>
/// <param name="Cases">Every case with its scenario; a case with a load has a rate that stands for nothing yet.</param>
internal sealed record SuiteFiles(ValidationSuite Suite, ScenarioFiles Base, IReadOnlyList<(SuiteCase Case, ScenarioFiles Files)> Cases)
{
    // Throws InvalidInputException with every fault of the suite and of its cases.
    public static SuiteFiles Read(string file, IReadOnlyList<string> settings)
    {
        var faults = new List<InputFault>();
        var suite = SuiteReader.Read(file, faults);
        faults.ThrowIfAny(file);
        var read = suite.Cases.Select(one => faults.Try(() => ScenarioFiles.Read(suite.Scenario, [.. settings, .. one.Settings]))).ToArray();
        if (read.Any(static files => files?.Scenario.Fleet.BranchExchange is not null))
        {
            faults.Add(new InputFault(BranchFaults.Key, "a worker of two devices", "workers of one device in suites", "Remove it, or validate the scenario by itself."));
        }

        faults.ThrowIfAny(file);
        return new SuiteFiles(suite, ScenarioFiles.Read(suite.Scenario, settings), [.. suite.Cases.Zip(read, static (one, files) => (one, files!))]);
    }

    // The same on what serves.
    public SuiteFiles On(ServingChoice serving) => this with { Base = Base.On(serving), Cases = [.. Cases.Select(one => (one.Case, one.Files.On(serving)))] };
}
