using System.Text.Json.Nodes;
using SimServe.GpuBackend.Models;
using SimServe.Policies;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Tests;

/// <summary><c>profile</c> from end to end, and what becomes of profiles that do not fit.</summary>
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class ProfileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-profile-");

    private string Measured => Path.Combine(_folder.FullName, "measured.json");

    [OneTimeSetUp]
    public void Measure()
    {
        var result = SimServeProcess.Run("profile", "--out", Measured, "--minutes", "0.05", "--batch", "2", "--steps", "4");
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("block.double").And.Contain("left out one").And.Contain($"written     {Measured}"));
        Assert.That(Directory.GetFiles(_folder.FullName), Is.EqualTo([Measured]));
    }

    [Test]
    public void A_profile_is_complete_dated_and_sealed()
    {
        var (file, profile) = (JsonNode.Parse(File.ReadAllText(Measured))!, ProfileFile.Read(Measured));
        var costs = new FittedCostModel(profile, ModelCatalogue.Find("flux-nano").ToShape());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(profile.Date, Is.Not.Null);
            Assert.That(profile.Environment, Does.Contain("libtorch"));
            Assert.That(profile.ServiceFactor, Is.GreaterThan(0.2).And.LessThan(5));
            Assert.That(profile.ServiceStepSeconds, Is.GreaterThanOrEqualTo(0).And.LessThan(0.1));
            Assert.That(profile.ComputeShares, Has.Count.EqualTo(Environment.ProcessorCount).And.ItemAt(Environment.ProcessorCount - 1).EqualTo(1).Or.Null);
            Assert.That((string)file["seal"]!, Is.EqualTo(ProfileFile.SealOf(profile)).And.Length.EqualTo(64));
            Assert.That(file["fit"]!.AsArray().Select(static term => (string)term!["term"]!), Is.SupersetOf(new[] { "block.double", "block.single", "load", "step", "encode", "decode", "record" }));
            Assert.That(file["fit"]![0]!["fits"]!.AsArray().Select(static fit => (string)fit!["predictor"]!["kind"]!), Is.SupersetOf(new[] { "linear", "roofline", "table" }));
            Assert.That(costs.Terms.Select(static term => term.Best.Mape), Has.All.LessThan(1));
        }
    }

    [Test]
    public void What_a_profile_says_of_service_is_in_the_times_of_its_cost_model()
    {
        var (profile, shape, work) = (ProfileFile.Read(Measured), ModelCatalogue.Find("flux-nano").ToShape(), new Work(1, 64, 0, 1_000_000, 100_000));
        var tight = new FittedCostModel(profile with { ServiceFactor = null, ServiceStepSeconds = 0 }, shape);
        var served = new FittedCostModel(profile with { ServiceFactor = 2, ServiceStepSeconds = 0.25, ControlFactor = 3 }, shape);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(served.Compute(BlockKind.SingleStream, work) / tight.Compute(BlockKind.SingleStream, work), Is.EqualTo(2).Within(0.01));
            Assert.That(served.Control(BlockKind.SingleStream, work) / tight.Control(BlockKind.SingleStream, work), Is.EqualTo(6).Within(0.01));
            Assert.That((served.StepOverhead(1) - (2 * tight.StepOverhead(1))).TotalSeconds, Is.EqualTo(0.25).Within(1e-4));
            Assert.That(served.Load(1_000_000), Is.EqualTo(tight.Load(1_000_000)));
        }
    }

    [Test]
    public void A_profile_that_was_edited_is_refused()
    {
        var edited = Path.Combine(_folder.FullName, "edited.json");
        File.WriteAllText(edited, File.ReadAllText(Measured).Replace("\"model\": \"flux-nano\"", "\"model\":   \"flux-nano\"", StringComparison.Ordinal));
        Assert.That(() => ProfileFile.Read(edited), Throws.Nothing, "white space is no number");
        var sample = JsonNode.Parse(File.ReadAllText(Measured))!;
        sample["profile"]!["samples"]![0]!["seconds"] = 1e-6;
        File.WriteAllText(edited, sample.ToJsonString());
        var result = SimServeProcess.Run("simulate", Repository.Pictures, "--profile", edited, "--out", Path.Combine(_folder.FullName, "out"));
        File.Delete(edited);
        Assert.That((result.ExitCode, result.Faults.Single()), Is.EqualTo((
            2, "profile: found numbers that were changed after they had been measured (the seal does not fit them); allowed: a profile as it was written. Measure it again, with 'simserve profile'.")));
    }

    [Test]
    public void A_profile_of_an_older_version_is_refused()
    {
        var old = Path.Combine(_folder.FullName, "old.json");
        File.WriteAllText(old, """{"profile":{"schema":1}}""");
        var result = SimServeProcess.Run("simulate", Repository.Pictures, "--profile", old, "--out", Path.Combine(_folder.FullName, "out"));
        File.Delete(old);
        Assert.That((result.ExitCode, result.Faults.Single()), Is.EqualTo((2, "profile: found schema 1; allowed: schema 2. Measure it again, with 'simserve profile'.")));
    }

    [Test]
    public void Validate_refuses_a_profile_of_another_link_and_names_it()
    {
        var result = SimServeProcess.Run("validate", Repository.Pictures, "--profile", Measured, "--set", "fleet.linkBytesPerSecond=1e9", "--out", Path.Combine(_folder.FullName, "out"));
        Assert.That((result.ExitCode, result.Faults.Single()), Is.EqualTo((
            2, "fleet.linkBytesPerSecond: found 1000000000; allowed: 250000000, that of the profile. Set it, or measure with --link-bytes-per-second.")));
    }

    [Test]
    public void Validate_takes_a_profile_in_place_of_measuring()
    {
        var output = Path.Combine(Path.GetTempPath(), $"{_folder.Name}-validated");
        var result = SimServeProcess.Run(
            "validate", Repository.Pictures, "--profile", Measured, "--set", "workload.requests=6", "--set", "steps=4", "--set", "policies.maxBatchSize=2", "--set", "baseline.maxBatchSize=2", "--out", output);
        try
        {
            Assert.That(result.ExitCode, Is.LessThan(2), result.ToString());
            Assert.That(result.Error, Does.Not.Contain("profiling the workers"));
            Assert.That(ProfileFile.SealOf(ProfileFile.Read(Path.Combine(output, "profile.json"))), Is.EqualTo(ProfileFile.SealOf(ProfileFile.Read(Measured))));
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    [Test]
    public void Faults_of_options_are_told_at_once()
    {
        var result = SimServeProcess.Run("profile", "--out", "x.json", "--minutes", "0", "--workers", "0", "--batch", "100");
        Assert.That((result.ExitCode, result.Faults.Length), Is.EqualTo((2, 3)));
        var cuda = SimServeProcess.Run("profile", "--out", "x.json", "--device", "cuda");
        Assert.That(cuda.ExitCode, Is.EqualTo(3));
        Assert.That(cuda.Error, Does.StartWith("There is no CUDA device that can be used").And.Contain("--device cpu"));
    }

    [Test]
    public void A_model_in_other_numbers_has_a_profile_of_its_own_and_serves_with_it()
    {
        var (half, output) = (Path.Combine(Path.GetTempPath(), $"{_folder.Name}-half.json"), Path.Combine(Path.GetTempPath(), $"{_folder.Name}-half"));
        string[] run = ["run", Repository.Pictures, "--profile", half, "--set", "workload.requests=4", "--set", "steps=2", "--set", "policies.maxBatchSize=1", "--set", "baseline.maxBatchSize=1", "--out", output];
        try
        {
            var measured = SimServeProcess.Run("profile", "--out", half, "--dtype", "bfloat16", "--minutes", "0.02", "--batch", "1", "--steps", "2", "--workers", "1");
            var refused = SimServeProcess.Run(run);
            var served = SimServeProcess.Run([.. run, "--dtype", "bfloat16"]);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(measured.ExitCode, Is.Zero, measured.ToString());
                Assert.That(ProfileFile.Read(half).Precision, Is.EqualTo("bf16"));
                Assert.That((refused.ExitCode, refused.Faults.Single()), Is.EqualTo((
                    2, "--profile: found a profile in bf16; allowed: fp32, in which cpu serves. Measure that, with 'simserve profile', or choose the other with --dtype.")));
                Assert.That(served.ExitCode, Is.LessThan(2), served.ToString());
                Assert.That(served.Output, Does.StartWith("pictures: 4 requests on 2 CPU workers, for real"));
            }
        }
        finally
        {
            File.Delete(half);
            Directory.Delete(output, recursive: true);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
