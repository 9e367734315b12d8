using SimServe.GpuBackend.Devices;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;

namespace SimServe.Cli.Validation.Suites;

/// <summary>Whether today's simulator still predicts what it predicted when a suite was run: no device is needed.</summary>
internal static class SuiteDrift
{
    // Elementary functions may differ in their last digits from machine to machine; a change of the model would be far more.
    private const double Tolerance = 1e-6;

    /// <summary>Predicts everything anew.</summary>
    /// <param name="files">The suite.</param>
    /// <param name="folder">The results that it left.</param>
    /// <returns>What was predicted otherwise, in words; nothing where all is as it was.</returns>
    public static IReadOnlyList<string> Of(SuiteFiles files, string folder)
    {
        var (results, profile) = Read(folder, "--check");
        var predictor = new CasePredictor((files.Base.Model with { Type = TorchNames.OfPrecision(profile.Precision) ?? TorchNames.Type(ServingChoice.Processor.Type) }).ToShape(), profile, files.Base.EditMasks);
        return
        [
            .. results.Cases.ExceptBy(files.Cases.Select(static one => one.Case.Name), static one => one.Name).Select(static gone => $"{gone.Name}: measured, and no case of the suite any more"),
            .. files.Cases.SelectMany(one => results.Cases.FirstOrDefault(other => other.Name == one.Case.Name) is { } kept
                ? kept.Repetitions.SelectMany(run => Compare(predictor, one.Files.Scenario, kept, run, results.PaceError))
                : [$"{one.Case.Name}: a case of the suite, and never measured"]),
        ];
    }

    /// <summary>Reads what a suite left.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that names it, for faults.</param>
    /// <exception cref="InvalidInputException">It is not there, or its profile did not predict its results.</exception>
    public static (SuiteResults Results, DeviceProfile Profile) Read(string folder, string option)
    {
        var (results, profile) = (SuiteResultsFile.Read(Path.Combine(folder, SuiteReport.Results)), ProfileFile.Read(Path.Combine(folder, SuiteReport.Profile)));
        return ProfileFile.SealOf(profile) == results.Profile
            ? (results, profile)
            : throw new InvalidInputException(folder, [new InputFault(option, $"a {SuiteReport.Profile} that did not predict {SuiteReport.Results}", "both from one run of the suite", "Run the suite again.")]);
    }

    private static IEnumerable<string> Compare(CasePredictor predictor, Scenario scenario, CaseResult kept, RepetitionResult run, double paceError)
    {
        var same = scenario with
        {
            Seed = run.Seed,
            Policies = scenario.Policies with { Seed = run.Seed },
            Workload = scenario.Workload with { RatePerSecond = kept.RatePerSecond },
        };
        var now = predictor.Predict(same, run.Pace, paceError);
        foreach (var ((name, unit), then, expected) in SuiteMetrics<double>.Names.Zip(run.AtOwnPace.ToList(), predictor.Expect(same, run.OwnPace).ToList()))
        {
            if (Differs(then, expected))
            {
                yield return FormattableString.Invariant($"{kept.Name}, seed {run.Seed}: at the run's own pace {name} was predicted as {then:0.####} {unit}, and is now as {expected:0.####} {unit}");
            }
        }

        foreach (var ((name, unit), then, predicted) in SuiteMetrics<double>.Names.Zip(run.Predicted.ToList(), now.ToList()))
        {
            if (Differs(then.Mean, predicted.Mean) || Differs(then.Low, predicted.Low) || Differs(then.High, predicted.High))
            {
                yield return FormattableString.Invariant($"{kept.Name}, seed {run.Seed}: {name} was predicted as {Show(then)} {unit}, and is now as {Show(predicted)} {unit}");
            }
        }
    }

    private static bool Differs(double then, double now) => Math.Abs(then - now) > Tolerance * Math.Abs(then);

    private static string Show(PredictedMetric metric) => FormattableString.Invariant($"{metric.Mean:0.####} ({metric.Low:0.####} to {metric.High:0.####})");
}
