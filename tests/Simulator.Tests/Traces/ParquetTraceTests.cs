using Parquet;
using Parquet.Schema;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

/// <summary>Our format as Parquet.</summary>
public sealed class ParquetTraceTests
{
    private const string Header = """{"schemaVersion":1,"provenance":"test","units":{"arrival":"s","height":"px","width":"px"}}""";

    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("simserve-trace-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_field_reads_back_exactly_over_several_groups_of_rows()
    {
        var random = new RandomStream(1, "trace-test");
        var arrival = 0L;
        TraceRequest[] requests = [.. Enumerable.Range(0, 70_000).Select(number => new TraceRequest
        {
            Id = 100_000L - number,
            ArrivesAt = new Instant(arrival += random.NextInt64() % (1L << 34)),
            Template = random.Next(int.MaxValue),
            MaskRatio = random.NextDouble(),
            Steps = 1 + random.Next(100),
            Seed = number % 2 == 0 ? random.NextInt64() : -random.NextInt64(),
            Size = number % 3 == 0 ? null : new TraceSize(512, 8 * (number + 1)),
            ControlNets = number % 2 == 0 ? [] : ["canny", "depth v2"],
            Loras = number % 5 == 0 ? ["Größe", "筆"] : [],
            Tenant = number % 7 == 0 ? "" : $"tenant {number % 100}",
        })];
        TraceWriter.Write(PathOf("trace.parquet"), "a \"test\"\nof two lines", requests);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TraceFile.ReadHeader(PathOf("trace.parquet")).Provenance, Is.EqualTo("a \"test\"\nof two lines"));
            Assert.That(TraceFile.Read(PathOf("trace.parquet")).Select(Show), Is.EqualTo(requests.Select(Show)));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void Both_forms_hold_the_same()
    {
        TraceRequest[] requests = [TraceSample.Request(0, 5), TraceSample.Request(1, 7) with { Size = new TraceSize(8, 9), Loras = ["a", "b"] }];
        TraceWriter.Write(PathOf("trace.csv"), "test", requests);
        TraceWriter.Write(PathOf("trace.parquet"), "test", TraceFile.Read(PathOf("trace.csv")));
        TraceWriter.Write(PathOf("again.csv"), "test", TraceFile.Read(PathOf("trace.parquet")));
        Assert.That(File.ReadAllText(PathOf("again.csv")), Is.EqualTo(File.ReadAllText(PathOf("trace.csv"))));
    }

    [Test]
    public void A_failed_write_leaves_no_file([Values(4, long.MaxValue)] long ticks)
    {
        Assert.That(
            () => TraceWriter.Write(PathOf("trace.parquet"), "", [TraceSample.Request(0, 5), TraceSample.Request(1, ticks)]),
            Throws.ArgumentException.With.Message.Contains("Request 1"));
        Assert.That(Directory.GetFiles(_folder), Is.Empty);
    }

    [TestCase("id", 1, 0L, "row 2, column 1 (id)", TestName = "Parquet: duplicate id")]
    [TestCase("arrival", 1, 0.25, "row 2, column 2 (arrival)", TestName = "Parquet: unsorted arrivals")]
    [TestCase("arrival", 0, double.NaN, "row 1, column 2 (arrival)", TestName = "Parquet: arrival not a number")]
    [TestCase("arrival", 1, double.PositiveInfinity, "row 2, column 2 (arrival)", TestName = "Parquet: infinite arrival")]
    [TestCase("arrival", 0, -1.0, "row 1, column 2 (arrival)", TestName = "Parquet: negative arrival")]
    [TestCase("mask_ratio", 1, double.NaN, "row 2, column 4 (mask_ratio)", TestName = "Parquet: ratio not a number")]
    [TestCase("mask_ratio", 1, 25.0, "row 2, column 4 (mask_ratio)", TestName = "Parquet: ratio as a percentage")]
    [TestCase("steps", 1, 0, "row 2, column 5 (steps)", TestName = "Parquet: no steps")]
    [TestCase("loras", 1, "a;;b", "row 2, column 10 (loras)", TestName = "Parquet: empty name in a list")]
    [TestCase("tenant", 0, "a,b", "row 1, column 11 (tenant)", TestName = "Parquet: comma in a name")]
    public void A_bad_row_is_named_by_row_and_column(string column, int row, object value, string place) =>
        Assert.That(FaultsOf(Write(Header, columns => columns[column].SetValue(value, row))).Select(static fault => fault.Key), Is.EqualTo(new[] { place }));

    [Test]
    public void A_missing_number_is_a_fault_and_a_missing_text_is_empty()
    {
        var file = Write(Header, columns => columns["steps"] = new int?[] { 20, null }, columns => columns["tenant"] = new string?[] { null, "a" });
        Assert.That(FaultsOf(file).Single().ToString(), Does.StartWith("row 2, column 5 (steps): found \"\"; allowed: a whole number from 1"));
    }

    [Test]
    public void Another_type_of_column_is_named()
    {
        var file = Write(Header, columns => columns["arrival"] = new[] { "0.5", "1" }, columns => columns["steps"] = new[] { 20.0, 20.0 });
        Assert.That(FaultsOf(file).Select(static fault => fault.ToString()), Is.EqualTo(new[]
        {
            "the header, column 2 (arrival): found the type String; allowed: Double. Convert the column.",
            "the header, column 5 (steps): found the type Double; allowed: Int32 or Int64. Convert the column.",
        }));
    }

    [Test]
    public void A_wide_whole_number_is_read_where_it_fits() =>
        Assert.That(Read(Write(Header, columns => columns["steps"] = new[] { 20L, 30L })).Select(static request => request.Steps), Is.EqualTo(new[] { 20, 30 }));

    [Test]
    public void A_missing_column_is_named() =>
        Assert.That(FaultsOf(Write(Header, columns => columns.Remove("seed"))).Single().ToString(), Does.StartWith("the header, column 6: found \"width\"; allowed: seed."));

    [TestCase(null, "the header: found no metadata named simserve.trace")]
    [TestCase("{", "the header: found JSON that cannot be read")]
    [TestCase("""{"schemaVersion":2,"provenance":"test","units":{"arrival":"s","height":"px","width":"px"}}""", "the header, column schemaVersion: found \"2\"; allowed: 1.")]
    public void A_bad_header_is_named(string? header, string message) =>
        Assert.That(FaultsOf(Write(header)).Single().ToString(), Does.StartWith(message));

    [Test]
    public void A_file_cut_short_says_so([Values(4, 100, -1, -9)] int kept)
    {
        TraceWriter.Write(PathOf("trace.parquet"), "test", [TraceSample.Request(0, 5)]);
        var bytes = File.ReadAllBytes(PathOf("trace.parquet"));
        File.WriteAllBytes(PathOf("cut.parquet"), kept < 0 ? bytes[..^-kept] : bytes[..kept]);
        Assert.That(FaultsOf(PathOf("cut.parquet")).Single().Found, Does.StartWith("bytes that cannot be read as Parquet"));
    }

    [Test]
    public void Faults_come_up_to_the_limit()
    {
        var file = Write(Header, columns => columns["mask_ratio"] = new[] { 2.0, 3.0 }, columns => columns["steps"] = new[] { 0, 0 });
        Assert.That(
            Assert.Throws<InvalidInputException>(() => _ = TraceFile.Read(file, new TraceLimits { MaxFaults = 3 }).Count())!.Faults, Has.Count.EqualTo(3));
    }

    private static string Show(TraceRequest request) =>
        $"{request.Id} {request.ArrivesAt.Ticks} {request.Template} {request.MaskRatio:R} {request.Steps} {request.Seed} {request.Size} {string.Join(';', request.ControlNets)} {string.Join(';', request.Loras)} {request.Tenant}";

    private string PathOf(string name) => Path.Combine(_folder, name);

    private static TraceRequest[] Read(string file) => [.. TraceFile.Read(file)];

    private static IReadOnlyList<InputFault> FaultsOf(string file) => Assert.Throws<InvalidInputException>(() => Read(file))!.Faults;

    // Two good rows, changed.
    private string Write(string? header, params Action<Dictionary<string, Array>>[] changes)
    {
        var columns = new Dictionary<string, Array>
        {
            ["id"] = new long[] { 0, 1 },
            ["arrival"] = new[] { 0.5, 1.0 },
            ["template"] = new[] { 3, 4 },
            ["mask_ratio"] = new[] { 0.25, 0.5 },
            ["steps"] = new[] { 20, 30 },
            ["seed"] = new long[] { 7, 8 },
            ["width"] = new int?[] { null, 8 },
            ["height"] = new int?[] { null, 9 },
            ["controlnets"] = new string?[] { "", "canny" },
            ["loras"] = new string?[] { "", "a;b" },
            ["tenant"] = new string?[] { "", "shop" },
        };
        Array.ForEach(changes, change => change(columns));
        var file = PathOf("made.parquet");
        WriteAsync(file, header, columns).GetAwaiter().GetResult();
        return file;
    }

    private static async Task WriteAsync(string file, string? header, Dictionary<string, Array> columns)
    {
        var fields = columns.Select(static column => new DataField(
            column.Key,
            Nullable.GetUnderlyingType(column.Value.GetType().GetElementType()!) ?? column.Value.GetType().GetElementType()!,
            Nullable.GetUnderlyingType(column.Value.GetType().GetElementType()!) is not null || column.Value is string[])).ToArray();
        using var stream = File.Create(file);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        if (header is not null)
        {
            writer.CustomMetadata = new Dictionary<string, string> { [TraceFormat.MetadataKey] = header };
        }

        using var group = writer.CreateRowGroup();
        foreach (var field in fields)
        {
            await (columns[field.Name] switch
            {
                long[] values => group.WriteAsync<long>(field, values),
                int[] values => group.WriteAsync<int>(field, values),
                double[] values => group.WriteAsync<double>(field, values),
                int?[] values => group.WriteAsync<int>(field, values),
                string[] values => group.WriteAsync(field, values),
                _ => throw new NotSupportedException(field.Name),
            });
        }
    }
}
