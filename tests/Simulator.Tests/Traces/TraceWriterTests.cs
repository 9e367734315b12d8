using SimServe.Policies;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceWriterTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("simserve-trace-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_field_reads_back_exactly()
    {
        var random = new RandomStream(1, "trace-test");
        var arrival = 0L;
        TraceRequest[] requests = [.. Enumerable.Range(0, 500).Select(number => new TraceRequest
        {
            Id = 1000L - number,
            ArrivesAt = new Instant(arrival += random.NextInt64() % (1L << 52)),
            Template = random.Next(int.MaxValue),
            MaskRatio = random.NextDouble(),
            Steps = 1 + random.Next(100),
            Seed = number % 2 == 0 ? random.NextInt64() : -random.NextInt64(),
            Size = number % 3 == 0 ? null : new TraceSize(512, 8 * (number + 1)),
            ControlNets = number % 2 == 0 ? [] : ["canny", "depth v2"],
            Loras = number % 5 == 0 ? ["Größe", "筆"] : [],
            Tenant = number % 7 == 0 ? "" : $"tenant {number}",
        })];
        var path = Path.Combine(_folder, "trace.csv");
        TraceWriter.Write(path, "a \"test\"\nof two lines", requests);
        using var reader = TraceReader.Open(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reader.Header.Provenance, Is.EqualTo("a \"test\"\nof two lines"));
            Assert.That(reader.Requests().Select(Fields), Is.EqualTo(requests.Select(Fields)));
            Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { path }));
        }
    }

    [Test]
    public void A_failed_write_leaves_the_old_file_and_no_other()
    {
        var path = Path.Combine(_folder, "trace.csv");
        File.WriteAllText(path, "old");
        Assert.That(
            () => TraceWriter.Write(path, "", [TraceSample.Request(0, 5), TraceSample.Request(1, 4)]),
            Throws.ArgumentException.With.Message.Contains("Request 1"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        }
    }

    [TestCase("a,b")]
    [TestCase("a;b")]
    [TestCase("a\nb")]
    [TestCase(" a")]
    [TestCase("\"")]
    [TestCase("\ud800")]
    public void A_name_that_would_not_read_back_is_refused(string name) =>
        Assert.That(
            () => TraceWriter.Write(Stream.Null, "", [TraceSample.Request(0, 0) with { Tenant = name }]),
            Throws.ArgumentException.With.Message.Contains("names must have"));

    [Test]
    public void A_repeated_id_is_refused() =>
        Assert.That(
            () => TraceWriter.Write(Stream.Null, "", [TraceSample.Request(3, 0), TraceSample.Request(3, 0)]),
            Throws.ArgumentException.With.Message.Contains("not unique"));

    private static object Fields(TraceRequest request) => (
        (request.Id, request.ArrivesAt, request.Template, request.MaskRatio, request.Steps, request.Seed, request.Size),
        string.Join('|', request.ControlNets),
        string.Join('|', request.Loras),
        request.Tenant);
}
