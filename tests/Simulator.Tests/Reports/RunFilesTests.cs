using System.Text.Json;
using Parquet.Serialization;
using SimServe.Policies.Serving;
using SimServe.Simulator.Metrics;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reports.Runs;
using SimServe.Simulator.Tests.Devices;
using SimServe.Simulator.Tests.Metrics;

namespace SimServe.Simulator.Tests.Reports;

public sealed class RunFilesTests
{
    private static readonly RunFacts Facts = new() { Scenario = "test", Seed = 7, Events = 10, Tool = "simserve 1.0", CostProvenance = "analytic" };

    private readonly string _folder = Directory.CreateTempSubdirectory("simserve-files").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Requests_read_back_are_the_records_of_the_run()
    {
        var simulation = TestWorkload.Simulation(TestWorkload.Poisson(200, 8, 2)) with { WarmTemplates = false, CutOff = EventScript.At(20) };
        ServingResult run;
        using (var file = new RequestsFile(new RunFolder(_folder), "simulated"))
        {
            run = simulation.Run(file).Serving;
            file.Complete();
        }

        await using var stream = File.OpenRead(Path.Combine(_folder, "requests.parquet"));
        var rows = (await ParquetSerializer.DeserializeAsync<RequestRow>(stream)).Data.OrderBy(static row => row.Request).ToArray();

        Assert.That(rows, Has.Length.EqualTo(run.Records.Count));
        Assert.That(
            rows.Select(static row => JsonSerializer.Serialize(row)),
            Is.EqualTo(run.Records.OrderBy(static record => record.Request.Id.Value).Select(static record => JsonSerializer.Serialize(RequestRow.Of("simulated", record)))));
    }

    [Test]
    public async Task Requests_are_written_in_row_groups()
    {
        const int Rows = (1 << 16) + 10;
        using (var file = new RequestsFile(new RunFolder(_folder), "simulated"))
        {
            var record = new EventScript(file).Record(0, 0, 0, 1, 2, 3, 4, 5, 6);
            for (var i = 0; i < Rows; i++)
            {
                file.Finished(record);
            }

            file.Complete();
        }

        await using var reader = await Parquet.ParquetReader.CreateAsync(Path.Combine(_folder, "requests.parquet"));
        Assert.That(reader.RowGroupCount, Is.EqualTo(2));
        Assert.That(reader.Metadata!.NumRows, Is.EqualTo(Rows));
    }

    [Test]
    public async Task Time_series_read_back_is_that_of_the_summary()
    {
        var series = EventScript.Small(new RunDigestOptions { SliceLength = TimeSpan.FromSeconds(5) }).Series;
        TimeSeriesFile.Write(new RunFolder(_folder), series);

        await using var stream = File.OpenRead(Path.Combine(_folder, "timeseries.parquet"));
        var rows = (await ParquetSerializer.DeserializeAsync<ReadSlice>(stream)).Data;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Select(static row => row.StartSeconds), Is.EqualTo(series.Select(static slice => slice.StartSeconds)));
            Assert.That(rows.Select(static row => row.Completions), Is.EqualTo(series.Select(static slice => slice.Completions)));
            Assert.That(rows.Select(static row => row.BatchSize), Is.EqualTo(series.Select(static slice => slice.BatchSize)));
            Assert.That(rows.Select(static row => row.LatencyP99Seconds), Is.EqualTo(series.Select(static slice => slice.LatencyP99Seconds)));
        }
    }

    [Test]
    public void A_complete_run_leaves_all_its_files_and_nothing_else()
    {
        var folder = new RunFolder(_folder);
        using (var files = new RunFiles(folder, new RunFilesOptions { Decisions = true }))
        {
            var digest = new RunDigest();
            EventScript.PlaySmall(new RunObservers(digest, files));
            files.Complete(digest.Complete(EventScript.At(12)), Facts);
        }

        string[] expected = ["decisions.jsonl", "requests.parquet", "summary.csv", "summary.json", "timeseries.parquet", "trace.json"];
        Assert.That(Directory.EnumerateFiles(_folder).Select(Path.GetFileName), Is.EquivalentTo(expected));
        Assert.That(folder.Written, Is.EquivalentTo(expected));
    }

    [Test]
    public void A_run_that_fails_leaves_no_file()
    {
        Assert.That(Fail, Throws.InvalidOperationException);
        Assert.That(Directory.EnumerateFileSystemEntries(_folder), Is.Empty);

        void Fail()
        {
            using var files = new RunFiles(new RunFolder(_folder), new RunFilesOptions { Decisions = true });
            EventScript.PlaySmall(files);
            throw new InvalidOperationException("the run failed");
        }
    }

    [Test]
    public void Trace_has_slices_arrows_counters_and_states()
    {
        var events = Trace(TraceFile.DefaultMostEvents).GetProperty("traceEvents").EnumerateArray().ToArray();
        JsonElement[] Of(string phase) => [.. events.Where(item => item.GetProperty("ph").GetString() == phase)];
        string[] Names(string phase) => [.. Of(phase).Select(static item => item.GetProperty("name").GetString()!)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Names("X"), Is.EquivalentTo(new[] { "route", "route", "load template cache", "batch of 1", "batch of 2", "batch of 1", "Ready" }));
            Assert.That(Of("s").Select(static item => item.GetProperty("id").GetInt32()), Is.EqualTo(new[] { 0, 1 }));
            Assert.That(Of("f").Select(static item => item.GetProperty("ts").GetDouble()), Is.EqualTo(new[] { 3e6, 6e6 }));
            Assert.That(Of("b"), Has.Length.EqualTo(2));
            Assert.That(Of("e"), Has.Length.EqualTo(2));
            Assert.That(Names("C"), Does.Contain("requests").And.Contain("batch size of worker 0"));
        }
    }

    [Test]
    public void Trace_stops_at_its_bound_and_says_what_it_left_out()
    {
        var (whole, cut) = (Trace(TraceFile.DefaultMostEvents), Trace(5));
        var left = cut.GetProperty("otherData").GetProperty("eventsLeftOut").GetInt64();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(whole.GetProperty("otherData").GetProperty("eventsLeftOut").GetInt64(), Is.Zero);
            Assert.That(left, Is.Positive);
            Assert.That(cut.GetProperty("traceEvents").GetArrayLength() + left, Is.EqualTo(whole.GetProperty("traceEvents").GetArrayLength()));
        }
    }

    [Test]
    public void Summary_has_its_version_and_the_names_that_scripts_ask_for()
    {
        using var document = JsonDocument.Parse(SummaryFile.Serialise(EventScript.Small(), Facts));
        var (root, metrics) = (document.RootElement, document.RootElement.GetProperty("metrics"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.GetProperty("schema_version").GetInt32(), Is.EqualTo(2));
            Assert.That(root.GetProperty("is_sound").GetBoolean(), Is.True);
            Assert.That(root.GetProperty("simulated_seconds").GetDouble(), Is.EqualTo(12));
            Assert.That(root.GetProperty("facts").GetProperty("cost_provenance").GetString(), Is.EqualTo("analytic"));
            Assert.That(metrics.GetProperty("request_throughput").GetDouble(), Is.EqualTo(2.0 / 12));
            Assert.That(metrics.GetProperty("e2e_latency_p99_9").GetDouble(), Is.EqualTo(9.999).Within(1e-9));
            Assert.That(metrics.GetProperty("dollars").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(root.GetProperty("run").GetProperty("rates").TryGetProperty("dollars_per_1k_good_images", out _), Is.True);
            Assert.That(root.GetProperty("run").GetProperty("latency").GetProperty("p99_9").GetDouble(), Is.EqualTo(9.999).Within(1e-9));
            Assert.That(root.GetProperty("run").GetProperty("outcomes").GetProperty("completed").GetInt64(), Is.EqualTo(2));
        }
    }

    private JsonElement Trace(int most)
    {
        using (var file = new TraceFile(new RunFolder(_folder), most))
        {
            EventScript.PlaySmall(file);
            file.Complete();
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "trace.json")));
        return document.RootElement.Clone();
    }

    // Names as in the file.
    private sealed class ReadSlice
    {
        public double StartSeconds { get; set; }

        public long Completions { get; set; }

        public double? BatchSize { get; set; }

        public double? LatencyP99Seconds { get; set; }
    }
}
