using System.Text;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Traces.Katz;

namespace SimServe.Simulator.Tests.Traces.Katz;

public sealed class KatzTraceImporterTests
{
    private const string Two = """
        [
          {"timestamp": 1716000010.25, "ip": "node-1", "scene_id": "B", "base_model_id": null, "controlnets": ["c1", "c2"], "loras": null},
          {"timestamp": 1716000000, "ip": "node-2", "scene_id": "A", "base_model_id": "m", "controlnets": [], "loras": ["l1", "l1"]}
        ]
        """;

    [Test]
    public void Requests_are_sorted_and_begin_with_the_first_arrival()
    {
        var trace = Import(Two);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Select(static request => request.ArrivesAt.Ticks), Is.EqualTo(new[] { 0, 102_500_000 }));
            Assert.That(trace.Select(static request => request.Id), Is.EqualTo(new[] { 1, 0 }));
            Assert.That(trace.Select(static request => request.Tenant), Is.EqualTo(new[] { "A", "B" }));
            Assert.That(trace[0].Loras, Is.EqualTo(new[] { "l1" }));
            Assert.That(trace[1].ControlNets, Is.EqualTo(new[] { "c1", "c2" }));
            Assert.That(trace.Select(static request => request.Steps), Is.All.EqualTo(9));
        }
    }

    [Test]
    public void A_document_in_one_line_and_in_many_is_the_same([Values(1, 7, 100)] int most)
    {
        var text = Two.ReplaceLineEndings("");
        using var slow = new SlowStream(Encoding.UTF8.GetBytes(text), most);
        var trace = new KatzTraceImporter(Options).Import(slow, "t");
        Assert.That(trace.Select(static request => (request.Id, request.ArrivesAt, request.Seed)), Is.EqualTo(Import(Two).Select(static request => (request.Id, request.ArrivesAt, request.Seed))));
    }

    [Test]
    public void An_empty_list_and_a_byte_order_mark_are_read()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Import("[]"), Is.Empty);
            Assert.That(Import("\uFEFF" + Two), Has.Count.EqualTo(2));
        }
    }

    [TestCase("1716000010.25", "NaN", "line 2, column 17 ($[0].timestamp): found \"NaN, ")]
    [TestCase("1716000010.25", "-3", "line 2, column 17 ($[0].timestamp): found -3;")]
    [TestCase("1716000010.25", "1e40", "line 2, column 17 ($[0].timestamp): found 1e40;")]
    [TestCase("1716000010.25", "\"now\"", "line 2, column 17 ($[0].timestamp): found \"now\";")]
    [TestCase("1716000000", "null", "line 3, column 17 ($[1].timestamp): found null;")]
    [TestCase("timestamp\": 1716000000", "time\": 0", "line 3, column 4 ($[1].time): found \"time\"; allowed: timestamp, ip")]
    [TestCase("timestamp\": 1716000000", "time\": 0", "($[1]): found a request without timestamp;")]
    [TestCase("\"ip\": \"node-2\"", "\"timestamp\": 1", "($[1].timestamp): found \"timestamp\"; allowed: every key once.")]
    [TestCase("[\"c1\", \"c2\"]", "\"c1\"", "($[0].controlnets): found \"c1\"; allowed: null or a list")]
    [TestCase("\"c2\"", "3", "($[0].controlnets[1]): found 3; allowed: a name")]
    [TestCase("\"c2\"", "{\"a\": [1]}", "($[0].controlnets[1]): found an object; allowed: a name")]
    [TestCase("\"c2\"", "\"a,b\"", "($[0].controlnets[1]): found \"a,b\"; allowed: a name")]
    [TestCase("\"scene_id\": \"A\"", "\"scene_id\": null", "line 3, column 57 ($[1].scene_id): found null;")]
    public void A_bad_value_is_named_by_line_column_and_path(string good, string bad, string expected) =>
        Assert.That(() => Import(Two.Replace(good, bad, StringComparison.Ordinal)), Throws.InstanceOf<InvalidInputException>().With.Message.Contains(expected));

    [TestCase("", "line 1, column 1 ($): found the end of the file;")]
    [TestCase("{}", "line 1, column 1 ($): found an object; allowed: a list of requests.")]
    [TestCase("[3]", "line 1, column 2 ($[0]): found 3; allowed: a request")]
    [TestCase("[] x", "line 1, column 4 ($): found \"x\"; allowed: JSON")]
    [TestCase("[{},]", "line 1, column 5 ($[0]): found \"]\"; allowed: JSON")]
    [TestCase("# comment", "line 1, column 1 ($): found \"# comment\"; allowed: JSON")]
    public void A_file_of_another_kind_is_refused(string text, string expected) =>
        Assert.That(() => Import(text), Throws.InstanceOf<InvalidInputException>().With.Message.Contains(expected));

    [Test]
    public void A_file_cut_short_anywhere_is_refused_at_its_end()
    {
        var whole = Two.TrimEnd();
        using (Assert.EnterMultipleScope())
        {
            for (var length = 0; length < whole.Length; length++)
            {
                var text = whole[..length];
                var (line, column) = (text.Count(static character => character == '\n') + 1, length - (text.LastIndexOf('\n') + 1) + 1);
                Assert.That(() => Import(text), Throws.InstanceOf<InvalidInputException>().With.Message.Contains($"line {line}, column {column} ($"), text);
            }
        }
    }

    [Test]
    public void Faults_of_all_requests_come_in_one_message_up_to_the_limit()
    {
        var bad = "{\"timestamp\": -1, \"ip\": \"n\", \"scene_id\": \"A\", \"base_model_id\": null, \"controlnets\": null, \"loras\": null}";
        var fault = Assert.Throws<InvalidInputException>(() => Import($"[{string.Join(",\n", Enumerable.Repeat(bad, 30))}]"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault!.Faults, Has.Count.EqualTo(20));
            Assert.That(fault.Faults[19].Key, Is.EqualTo("line 20, column 15 ($[19].timestamp)"));
        }
    }

    [Test]
    public void A_value_of_a_gigabyte_is_never_held()
    {
        using var stream = new LongLineStream("[{\"timestamp\": 1, \"ip\": \"", 1L << 30);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => new KatzTraceImporter(Options).Import(stream, "t"), Throws.Exception.With.Message.Contains("line 1, column 24 ($[0].ip): found a value of more than 65536 bytes"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public void A_text_that_is_not_unicode_is_named()
    {
        byte[] bytes = [.. "[{\"timestamp\": 1, \"ip\": \""u8, 0xFF, .. "\"}]"u8];
        Assert.That(() => new KatzTraceImporter(Options).Import(new MemoryStream(bytes), "t"), Throws.InstanceOf<InvalidInputException>().With.Message.Contains("line 1, column 25 ($[0].ip): found a text that is not valid Unicode"));
    }

    private static readonly TraceImportOptions Options = new() { Steps = 9, Templates = 4 };

    private static IReadOnlyList<TraceRequest> Import(string text) =>
        new KatzTraceImporter(Options).Import(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t");

    /// <summary>Hands out a few bytes at a time.</summary>
    private sealed class SlowStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, most));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
    }
}
