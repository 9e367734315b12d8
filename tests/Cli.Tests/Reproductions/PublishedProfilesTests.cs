using SimServe.Cli.Reproductions.InstGenIE;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Tests.Reproductions;

/// <summary>Profiles made of published regressions say what those say.</summary>
public sealed class PublishedProfilesTests
{
    private const string Folder = "experiments/instgenie";

    private static ConstantBook Constants => ExperimentReader.Read(Repository.PathOf(Folder)).Constants;

    [TestCase(0.05, 1)]
    [TestCase(0.2, 4)]
    [TestCase(0.9, 8)]
    public void Flux_computes_as_long_as_the_regression_says(double mask, int members)
    {
        var constants = Constants;
        var engine = new PublishedEngine(PublishedProfiles.FluxShape, PublishedProfiles.Of(PublishedProfiles.FluxKeysValues, constants), 20);
        var compute = engine.Blocks(members, mask).Sum(static block => block.Cached.TotalSeconds) + engine.Overhead(members);
        var tokens = (double)engine.Tokens(mask) / engine.Model.Grid.Count;
        var published = (constants["flux.compute.secondsPerBatch"] + (constants["flux.compute.secondsPerGflop"] * members * FlashPSCounter.FluxStep(engine.Model, tokens))) / constants["flux.compute.steps"];
        Assert.That(compute, Is.EqualTo(published).Within(0.5).Percent);
    }

    [TestCase(0.05)]
    [TestCase(0.35)]
    [TestCase(1)]
    public void Ootdiffusion_computes_as_long_as_the_regression_says(double mask)
    {
        var constants = Constants;
        var engine = new PublishedEngine(PublishedProfiles.OotdShape, PublishedProfiles.Of(PublishedProfiles.Ootd, constants), 20);
        var compute = 20 * (engine.Blocks(1, mask).Sum(static block => block.Cached.TotalSeconds) + engine.Overhead(1));
        Assert.That(compute, Is.EqualTo(constants["ootd.compute.secondsPerBatch"] + (constants["ootd.compute.secondsPerGflop"] * FlashPSCounter.OotdStep(mask))).Within(0.5).Percent);
    }

    [Test]
    public void Loads_of_flux_are_a_line_through_the_published_table_whatever_the_mask()
    {
        var constants = Constants;
        var engine = new PublishedEngine(PublishedProfiles.FluxShape, PublishedProfiles.Of(PublishedProfiles.FluxKeysValues, constants), 20);
        var table = constants.Table("flux.load.seconds");
        using (Assert.EnterMultipleScope())
        {
            for (var members = 1; members <= table.Count; members++)
            {
                var load = constants["flux.compute.steps"] * engine.Blocks(members, 0.1).Sum(static block => block.Load.TotalSeconds);
                Assert.That(load, Is.EqualTo(table[members - 1]).Within(17).Percent, $"{members} requests");
                Assert.That(engine.Blocks(members, 0.9).Sum(static block => block.Load.TotalSeconds), Is.EqualTo(load / constants["flux.compute.steps"]).Within(1e-6));
            }
        }
    }

    [TestCaseSource(typeof(PublishedProfiles), nameof(PublishedProfiles.Names))]
    public void The_committed_profile_is_what_the_constants_give(string name)
    {
        var committed = ProfileFile.Read(Repository.PathOf($"{Folder}/profiles/{name}.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ProfileFile.SealOf(committed), Is.EqualTo(ProfileFile.SealOf(PublishedProfiles.Of(name, Constants))), "write it anew: simserve reproduce instgenie leaves it in its results");
            Assert.That(committed.Provenance, Is.EqualTo(Provenance.Published));
        }
    }

    [Test]
    public void A_profile_that_does_not_exist_is_named() =>
        Assert.That(() => PublishedProfiles.Of("a100", Constants), Throws.ArgumentException.With.Message.Contains("'a100'").And.Message.Contains(PublishedProfiles.Ootd));
}
