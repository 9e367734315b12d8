using System.Text;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceReaderTests
{
    private const string Start = TraceSample.Header + TraceSample.Columns;

    [TestCase("0,0.5,3,0.25,20,7,,,,,\n1,0.4,3,0.25,20,7,,,,,\n", "line 4, column 2 (arrival)", TestName = "Unsorted arrivals")]
    [TestCase("0,0.5,3,0.25,20,7,,,,,\n0,0.5,3,0.25,20,7,,,,,\n", "line 4, column 1 (id)", TestName = "Duplicate id")]
    [TestCase("0,NaN,3,0.25,20,7,,,,,\n", "line 3, column 2 (arrival)", TestName = "Arrival not a number")]
    [TestCase("0,Infinity,3,0.25,20,7,,,,,\n", "line 3, column 2 (arrival)", TestName = "Infinite arrival")]
    [TestCase("0,1e300,3,0.25,20,7,,,,,\n", "line 3, column 2 (arrival)", TestName = "Arrival beyond every clock")]
    [TestCase("0,-1,3,0.25,20,7,,,,,\n", "line 3, column 2 (arrival)", TestName = "Negative arrival")]
    [TestCase("0,1,-3,0.25,20,7,,,,,\n", "line 3, column 3 (template)", TestName = "Negative template")]
    [TestCase("0,1,3,NaN,20,7,,,,,\n", "line 3, column 4 (mask_ratio)", TestName = "Ratio not a number")]
    [TestCase("0,1,3,25,20,7,,,,,\n", "line 3, column 4 (mask_ratio)", TestName = "Ratio as a percentage")]
    [TestCase("0,1,3,0.25,0,7,,,,,\n", "line 3, column 5 (steps)", TestName = "No steps")]
    [TestCase("0,1,3,0.25,20,x,,,,,\n", "line 3, column 6 (seed)", TestName = "Seed not a number")]
    [TestCase("0,1,3,0.25,20,7,512,,,,\n", "line 3, column 8 (height)", TestName = "Width without height")]
    [TestCase("0,1,3,0.25,20,7,,,canny;;depth,,\n", "line 3, column 9 (controlnets)", TestName = "Empty name in a list")]
    [TestCase("0,1,3,0.25,20,7,,,,\"a\",\n", "line 3, column 10 (loras)", TestName = "Quoted name")]
    [TestCase("0,1,3,0.25,20,7,,,, ,\n", "line 3, column 10 (loras)", TestName = "Name of spaces")]
    [TestCase("0,1,3,0.25,20,7,,,,\n", "line 3, column 10", TestName = "Too few fields")]
    [TestCase("0,1,3,0.25,20,7,,,,,,\n", "line 3, column 12", TestName = "Too many fields")]
    [TestCase("\n", "line 3, column 1", TestName = "Empty line")]
    [TestCase("0,0.5,3,0.25,20,7,,,,,\n1,1,3,0.25,2", "line 4", TestName = "Truncated last line")]
    public void A_bad_row_is_named_by_line_and_column(string rows, string place) =>
        Assert.That(TraceSample.Faults(Start + rows).Select(static fault => fault.Key), Is.EqualTo(new[] { place }));

    [TestCase("", "line 1", TestName = "Empty file")]
    [TestCase(TraceSample.Columns, "line 1", TestName = "No header")]
    [TestCase("# {\n", "line 1", TestName = "Header cut short")]
    [TestCase("# []\n", "line 1", TestName = "Header of another kind")]
    [TestCase(TraceSample.Header, "line 2", TestName = "No columns")]
    [TestCase(TraceSample.Header + "id,time\n", "line 2, column 2", TestName = "Wrong column")]
    [TestCase(TraceSample.Header + "id,arrival\n", "line 2, column 3", TestName = "Missing column")]
    public void A_bad_start_is_named(string text, string place) =>
        Assert.That(TraceSample.Faults(text).Select(static fault => fault.Key), Is.EqualTo(new[] { place }));

    [TestCase("\"schemaVersion\":1", "\"schemaVersion\":2", "line 1, column schemaVersion")]
    [TestCase("\"arrival\":\"s\"", "\"arrival\":\"ms\"", "line 1, column units")]
    [TestCase("\"provenance\":\"test\"", "\"author\":\"test\",\"provenance\":\"test\"", "line 1, column author")]
    [TestCase("\"provenance\":\"test\",", "", "line 1, column provenance")]
    public void A_header_of_another_schema_is_refused(string ours, string theirs, string place) =>
        Assert.That(TraceSample.Faults(Start.Replace(ours, theirs, StringComparison.Ordinal))[0].Key, Is.EqualTo(place));

    [Test]
    public void Bytes_that_are_not_text_are_named_by_line_and_column()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Start + "0,1,3,0.25,20,7,,,,a"), 0xFF, .. ",\n"u8];
        Assert.That(TraceSample.Faults(bytes)[0].Key, Is.EqualTo("line 3, column 10"));
    }

    [Test]
    public void All_faults_come_in_one_message_up_to_the_limit()
    {
        var text = Start + string.Concat(Enumerable.Range(0, 10).Select(static id => $"{id},-1,3,2,20,7,,,,,\n"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TraceSample.Faults(text), Has.Count.EqualTo(20));
            Assert.That(TraceSample.Faults(text, new TraceLimits { MaxFaults = 3 }), Has.Count.EqualTo(3));
        }
    }

    [Test]
    public void A_line_of_a_gigabyte_is_never_held()
    {
        const long length = 1L << 30;
        using var stream = new LongLineStream(Start, length);
        using var reader = new TraceReader(stream, "t.csv");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => reader.Requests().Count(), Throws.Exception.With.Message.Contains("line 3: found more than 65536 bytes"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
            Assert.That(stream.BytesRead, Is.GreaterThan(length));
        }
    }

    [Test]
    public void Lines_up_to_the_limit_are_read_and_longer_ones_are_not([Values(1, 5, 4000)] int tenantLength)
    {
        var line = $"0,1,3,0.25,20,7,,,,,{new string('t', tenantLength)}\n";
        var longest = Math.Max(line.Length - 1, Math.Max(TraceSample.Header.Length, TraceSample.Columns.Length) - 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TraceSample.Read(Start + line, new TraceLimits { MaxLineBytes = longest })[0].Tenant, Has.Length.EqualTo(tenantLength));
            Assert.That(() => TraceSample.Read(Start + line, new TraceLimits { MaxLineBytes = longest - 1 }), Throws.Exception.With.Message.Contains("more than"));
        }
    }

    [Test]
    public void Requests_stop_at_the_first_fault_although_reading_goes_on()
    {
        using var reader = TraceSample.Open(Start + TraceSample.Row + "x,1,3,0.25,20,7,,,,,\n2,2,3,0.25,20,7,,,,,\n");
        var read = new List<long>();
        Assert.That(() => read.AddRange(reader.Requests().Select(static request => request.Id)), Throws.Exception);
        Assert.That(read.Count, Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void Line_breaks_of_windows_are_read() =>
        Assert.That(TraceSample.Read((Start + TraceSample.Row).Replace("\n", "\r\n", StringComparison.Ordinal)), Has.Length.EqualTo(1));
}
