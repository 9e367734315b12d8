using System.Diagnostics;
using System.Text.Json.Nodes;
using Parquet.Serialization;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.Tests;

/// <summary><c>simulate</c> from end to end, on a published device: its faults, its progress, and what Ctrl-C leaves.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SimulateTests : IDisposable
{
    private const string Fleet = "experiments/sweep/fleet-64.json";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("simserve-simulate-");

    private string Folder => Path.Combine(_parent.FullName, "out");

    [Test]
    public void Faults_of_options_and_of_the_scenario_are_told_at_once()
    {
        var result = SimServeProcess.Run(
            "simulate", Fleet, "--out", Folder, "--replications", "0", "--warm-up", "1", "--goal", "NaN", "--parallel", "1025", "--seed", "x",
            "--set", "workload.ratePerSecond=0", "--profile", "profiles/cpu-flux-nano.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Faults.Select(static fault => fault.Split(':')[0]), Is.EquivalentTo(new[]
            {
                "--replications", "--warm-up", "--goal", "--parallel", "seed", "workload.ratePerSecond", "--profile",
            }));
            Assert.That(result.Faults[0], Is.EqualTo("--replications: found 0; allowed: a whole number from 1 to 10000. Write one in that range."));
            Assert.That(Directory.Exists(Folder), Is.False);
        }
    }

    [Test]
    public void In_a_pipe_there_is_no_progress()
    {
        var result = SimServeProcess.Run("simulate", Fleet, "--out", Folder, "--set", "workload.requests=300", "--replications", "2");
        Assert.That(result.ExitCode, Is.LessThan(2), result.ToString());
        Assert.That(result.Error, Does.Match(@"^\d+ events in \S+ s, \d+ times as fast as real time, files included\n$"));
    }

    // Four machines of one H100; templates of four steps, three of which fit into a device beside the weights.
    [Test]
    public void Memory_of_devices_and_links_between_hosts_change_what_is_loaded_and_are_told()
    {
        string[] Tiers(string host) =>
        [
            "simulate", Fleet, "--out", Folder, "--no-baseline", "--set", "steps=4", "--set", "workload.requests=2000", "--set", "workload.ratePerSecond=2", "--set", "workload.templates=12",
            "--set", """fleet.pools=[{"device":"H100","workers":4,"workersPerHost":1}]""", "--set", $"fleet.host={host}",
        ];
        double Loaded() => (double)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "summary.json")))!["metrics"]!["bytes_moved"]!;
        JsonNode? Caches() => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "summary.json")))!["run"]!["caches"];

        var plain = SimServeProcess.Run(Tiers("""{"memoryBytes":1e12,"networkBytesPerSecond":25e9}"""));
        var (loaded, hosts) = (Loaded(), Caches());
        var tiered = SimServeProcess.Run(Tiers("""{"memoryBytes":1e12,"networkBytesPerSecond":25e9,"deviceCacheBytes":2e10,"peers":{"bytesPerSecond":50e9}}"""));
        var refused = SimServeProcess.Run(Tiers("""{"deviceCacheBytes":1e9,"peers":{"latencySeconds":1}}"""));
        var small = SimServeProcess.Run(Tiers("""{"deviceCacheBytes":1e9}"""));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain.ExitCode, Is.LessThan(2), plain.ToString());
            Assert.That(((long)hosts!["host_uses"]!, (long)hosts["device_hits"]!), Is.EqualTo((2000, 0)));
            Assert.That(plain.Output, Does.Match(@"caches +\d+\.\d% of 2000 requests needed no wait for their template"));
            Assert.That(tiered.ExitCode, Is.LessThan(2), tiered.ToString());
            Assert.That(Loaded(), Is.LessThan(0.9 * loaded));
            Assert.That((long)Caches()!["peer_fetches"]!, Is.GreaterThan(0));
            Assert.That(tiered.Output, Does.Match(@"caches +\d+\.\d% of the requests found their template in device memory; hosts fetched 0 from disk, \d+ from peers, \d+ from the store"));
            Assert.That(File.ReadAllText(Path.Combine(Folder, "report.html")), Does.Contain("fetches from another host").And.Contain("joined with their template in device memory"));
            Assert.That(refused.Faults.Single(), Does.StartWith("fleet.host.peers.bytesPerSecond: found nothing; allowed: a number from 1000000 to 1e15."));
            Assert.That(small.Faults.Single(), Does.Match(@"^fleet\.host\.deviceCacheBytes: found 1000000000; allowed: 0, or at least the \d+ bytes of one template of \S+ at 4 steps\."));
        }
    }

    [Test]
    public void Images_of_two_sizes_are_served_and_larger_ones_take_longer()
    {
        string[] Sized(string sizes, params string[] more) =>
            ["simulate", Fleet, "--out", Folder, "--no-baseline", "--slo-scale", "3", "--set", "workload.requests=2000", "--set", $"workload.resolutions={sizes}", .. more];
        var result = SimServeProcess.Run(Sized("""[{"width":1024,"height":1024,"weight":2},{"width":1024,"height":1536}]"""));
        using var file = File.OpenRead(Path.Combine(Folder, "requests.parquet"));
        var rows = ParquetSerializer.DeserializeAsync<RequestRow>(file).GetAwaiter().GetResult().Data;
        double MeanTime(int height) => rows.Where(row => row.Height == height).Average(static row => row.DeviceSeconds);
        var crooked = SimServeProcess.Run(Sized("""[{"width":1000,"height":1024}]"""));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.LessThan(2), result.ToString());
            Assert.That(rows.Select(static row => (row.Width, row.Height)).Distinct(), Is.EquivalentTo(new[] { (1024, 1024), (1024, 1536) }));
            Assert.That(MeanTime(1536) / MeanTime(1024), Is.GreaterThan(1.3), "half as many tokens again");
            Assert.That((crooked.ExitCode, crooked.Faults.Single()), Is.EqualTo((2, "workload.resolutions[0]: found 1000x1024; allowed: multiples of 16, the tokens of flux-dev. Round both sides.")));
        }
    }

    [Test]
    public void A_profile_knows_one_size()
    {
        string[] Quickstart(string size) =>
        [
            "simulate", Repository.Pictures, "--profile", "profiles/cpu-flux-nano.json", "--out", Folder, "--no-baseline", "--set", "edits=[]", "--set", $"workload.resolutions=[{size}]",
        ];
        var (other, own) = (SimServeProcess.Run(Quickstart("""{"width":1024,"height":1024}""")), SimServeProcess.Run(Quickstart("""{"width":256,"height":256}""")));
        var real = SimServeProcess.Run("validate", Repository.Pictures, "--out", Folder, "--set", "edits=[]", "--set", """workload.resolutions=[{"width":256,"height":256}]""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((other.ExitCode, other.Faults.Single()), Is.EqualTo((
                2, "workload.resolutions[0]: found 1024x1024; allowed: 256x256, the size that the profile was measured at. Name published devices in fleet.pools, whose times are known at every size.")));
            Assert.That(own.ExitCode, Is.LessThan(2), own.ToString());
            Assert.That((real.ExitCode, real.Faults.Single()), Is.EqualTo((2, "workload.resolutions: found a list of sizes; allowed: no list where real devices serve: their model has one size. Remove it, or simulate it.")));
        }
    }

    [Test]
    [Platform("Linux")]
    public void On_a_terminal_it_tells_requests_and_simulated_time()
    {
        if (!File.Exists("/usr/bin/script"))
        {
            Assert.Ignore("There is no 'script' here, which makes a terminal.");
        }

        // A terminal for both streams, as a person has it.
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/script", ["-qec", $"dotnet {Path.Combine(AppContext.BaseDirectory, "simserve.dll")} simulate {Fleet} --out {Folder} --no-baseline", "/dev/null"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(said, Does.Match(@"simulating: \d+ of 20000, 0:\d\d:\d\d of 0:\d\d:\d\d simulated"));
    }

    [Test]
    [Platform("Unix")]
    public void Interrupted_in_its_run_it_leaves_nothing_and_says_so()
    {
        using var process = SimServeProcess.StartInterruptible("simulate", Fleet, "--out", Folder, "--set", "workload.requests=10000000");
        Assert.That(() => Directory.Exists(Folder), Is.True.After(60_000, 100));
        Thread.Sleep(TimeSpan.FromSeconds(1));
        process.Interrupt();
        var result = process.Wait(Soon);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
            Assert.That(result.Error, Is.EqualTo("The run had not ended: nothing of it is kept.\nCancelled.\n"));
            Assert.That(result.Output, Is.Empty);
            Assert.That(Directory.Exists(Folder), Is.False, "nothing was written, so no folder is left behind");
        }
    }

    [Test]
    [Platform("Unix")]
    public void Interrupted_in_its_replications_it_keeps_the_run_that_had_ended()
    {
        using var process = SimServeProcess.StartInterruptible(
            "simulate", Fleet, "--out", Folder, "--set", "workload.requests=2000", "--replications", "10000");
        Assert.That(() => File.Exists(Path.Combine(Folder, "resolved-scenario.json")), Is.True.After(60_000, 50));
        process.Interrupt();
        var result = process.Wait(Soon);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
            Assert.That(result.Error, Does.StartWith("The run had ended: its files are kept in ").And.EndsWith("\nCancelled.\n"));
            Assert.That(Directory.GetFiles(Folder).Select(Path.GetFileName), Is.EquivalentTo(new[]
            {
                "requests.parquet", "trace.json", "timeseries.parquet", "summary.json", "summary.csv", "report.html", "resolved-scenario.json",
            }), "every file of the run, and none of which a part is missing");
        }
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
