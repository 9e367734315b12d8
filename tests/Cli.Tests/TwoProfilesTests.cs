using SimServe.GpuBackend.Models;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Tests;

/// <summary>Two profiles made in a row predict each other's samples within their stated errors.</summary>
[Explicit("Measures for a minute, and the outcome is the machine's as much as ours: run it by name where nothing else runs.")]
public sealed class TwoProfilesTests
{
    [Test]
    public void Two_profiles_in_a_row_predict_each_other_within_their_stated_errors()
    {
        var folder = Directory.CreateTempSubdirectory("simserve-two-profiles-");
        try
        {
            DeviceProfile[] profiles = [.. new[] { "first.json", "second.json" }.Select(name =>
            {
                var file = Path.Combine(folder.FullName, name);
                var result = SimServeProcess.Run("profile", "--out", file);
                Assert.That(result.ExitCode, Is.Zero, result.ToString());
                return ProfileFile.Read(file);
            })];
            using (Assert.EnterMultipleScope())
            {
                Compare(profiles[0], profiles[1]);
                Compare(profiles[1], profiles[0]);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(DeviceProfile profile, DeviceProfile other)
    {
        var costs = new FittedCostModel(profile, ModelCatalogue.Find(profile.Model).ToShape());
        foreach (var term in costs.Terms)
        {
            TestContext.Out.WriteLine(FormattableString.Invariant($"{term.Term}: {term.ErrorOn(other):0.0%} on the other's samples, {term.StatedError:0.0%} stated"));
            Assert.That(term.ErrorOn(other), Is.LessThanOrEqualTo(term.StatedError), term.Term);
        }
    }
}
