using SimServe.Cli.Profiling;
using SimServe.Cli.Validation.Suites;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Suites;
using SimServe.Simulator.Workloads;

namespace SimServe.Cli.Tests;

/// <summary>The committed suite and its committed results.</summary>
public sealed class CommittedSuiteTests
{
    private const string Suite = "experiments/validation/suite.json";
    private const string Results = "experiments/validation/results";

    [Test]
    public void Todays_simulator_predicts_what_was_predicted_when_the_suite_was_run()
    {
        var result = SimServeProcess.Run("validate", Suite, "--check", Results);
        Assert.That((result.ExitCode, result.Output.Trim()), Is.EqualTo((0, "verdict     every prediction is what it was")));
    }

    [Test]
    public void Both_readmes_show_the_results()
    {
        var results = SuiteResultsFile.Read(Repository.PathOf($"{Results}/results.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(Repository.PathOf("experiments/validation/README.md")), Does.Contain(SuiteRows.Markdown(results)));
            Assert.That(File.ReadAllText(Repository.PathOf("README.md")), Does.Contain(SuiteRows.ShortMarkdown(results)).And.Contain(SuiteRows.Summary(results)));
        }
    }

    [Test]
    public void Every_policy_and_kind_of_fault_that_real_devices_know_is_in_some_case()
    {
        var cases = SuiteFiles.Read(Repository.PathOf(Suite), []).Cases.Select(static one => one.Files.Scenario).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PolicyCatalogue.Routing.Except(cases.Select(static one => one.Policies.Routing)), Is.Empty);
            Assert.That(PolicyCatalogue.Pipelines.Except(cases.Select(static one => one.Policies.Pipeline)), Is.Empty);
            Assert.That(PolicyCatalogue.Batching.Except(cases.Select(static one => one.Policies.Batching)), Is.Empty);
            Assert.That(PolicyCatalogue.Ordering.Except(cases.Select(static one => one.Policies.Ordering.Kind)), Is.Empty);
            Assert.That(PolicyCatalogue.Admission.Except(cases.Select(static one => one.Policies.Admission.Kind)), Is.Empty);
            Assert.That(PolicyCatalogue.Scaling.Except(cases.Select(static one => one.Policies.Scaling.Kind)), Is.Empty);
            Assert.That(PolicyCatalogue.Recovery.Except(cases.Select(static one => one.Policies.Recovery.Kind)), Is.Empty);
            Assert.That(cases.SelectMany(static one => one.Faults).Select(static fault => fault.GetType()), Is.SupersetOf(new[] { typeof(LostWorker), typeof(SlowWorker) }));
        }
    }

    // A mask, a prompt and a seed make an edit: none that the suite serves was served or measured for a profile.
    [Test]
    public void What_the_suite_serves_was_never_measured_for_a_profile()
    {
        var files = SuiteFiles.Read(Repository.PathOf(Suite), []);
        var grid = files.Base.Model.Grid;
        var served = files.Cases.SelectMany(one => Enumerable.Range(0, files.Suite.Repetitions).SelectMany(repetition =>
            ScenarioWorkload.Build(one.Files.Scenario with { Seed = Comparison.ComparisonJob.SeedOf(one.Files.Scenario.Seed, repetition) }, grid, files.Base.EditMasks))).ToArray();
        var measured = new WorkloadBuilder(new WorkloadOptions { Requests = 1000, RequestsPerSecond = 5, Steps = files.Base.Scenario.Steps, Templates = files.Base.Templates.Count }, grid).Build(DeviceCalibration.Seed);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(served.Select(static request => request.Prompt), Has.None.EqualTo(GpuBackend.Profiling.DeviceProfiler.Prompt));
            Assert.That(served.Select(Edit).Intersect(measured.Select(Edit)), Is.Empty);
        }
    }

    private static string Edit(Request request) => $"{request.Prompt}/{request.Seed}/{string.Join(',', request.Mask.Tokens(masked: true))}";
}
