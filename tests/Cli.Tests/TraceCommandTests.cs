using System.Text;
using System.Text.Json.Nodes;

namespace SimServe.Cli.Tests;

/// <summary><c>simserve trace</c>, end to end.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TraceCommandTests : IDisposable
{
    private const string Header = "# {\"schemaVersion\":1,\"provenance\":\"test\",\"units\":{\"arrival\":\"s\",\"height\":\"px\",\"width\":\"px\"}}\n";
    private const string Columns = "id,arrival,template,mask_ratio,steps,seed,width,height,controlnets,loras,tenant\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-trace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Test]
    public void A_scenario_is_exported_described_and_converted_without_loss()
    {
        var exported = SimServeProcess.Run("trace", "export", Repository.Pictures, "--out", PathOf("a.csv"));
        Assert.That((exported.ExitCode, exported.Output), Is.EqualTo((0, $"written     {PathOf("a.csv")} (80 requests)\n")), exported.Error);
        Assert.That(SimServeProcess.Run("trace", "import", PathOf("a.csv"), "--format", "simserve", "--out", PathOf("b.parquet")).ExitCode, Is.Zero);
        Assert.That(SimServeProcess.Run("trace", "import", PathOf("b.parquet"), "--format", "simserve", "--out", PathOf("c.csv")).ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(PathOf("c.csv")), Is.EqualTo(File.ReadAllText(PathOf("a.csv"))));
        var described = JsonNode.Parse(SimServeProcess.Run("trace", "describe", PathOf("b.parquet"), "--format", "json").Output)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)described["requests"]!, Is.EqualTo(80));
            Assert.That((double)described["arrivals"]!["ratePerSecond"]!, Is.EqualTo(2.5).Within(5 * 2.5 / Math.Sqrt(80)));
            Assert.That((int)described["templates"]!["distinct"]!, Is.EqualTo(3));
            Assert.That(SimServeProcess.Run("trace", "describe", PathOf("a.csv")).Output, Does.Contain("requests of the scenario pictures, seed 1").And.Contain("masks fit").And.Contain("KS distance"));
        }
    }

    [Test]
    public void A_published_trace_is_imported_with_what_the_options_say()
    {
        var file = Write("diffserve.txt", "20.5,1\n10,2\n1010,3");
        var result = SimServeProcess.Run("trace", "import", file, "--format", "diffserve", "--steps", "9", "--masks", "constant:0.25", "--out", PathOf("a.csv"));
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        var rows = File.ReadAllLines(PathOf("a.csv"))[2..];
        Assert.That(rows.Select(static row => string.Join(',', row.Split(',')[..5])), Is.EqualTo(new[] { "1,0.01,0,0.25,9", "0,0.0205,0,0.25,9", "2,1.01,0,0.25,9" }));
    }

    [TestCase("0,1,0,0.1,20,7,,,,,\n1,0.5,0,0.1,20,7,,,,,\n", "line 4, column 2 (arrival): found \"0.5\"; allowed: at least 1", TestName = "Trace: unsorted")]
    [TestCase("0,1,0,0.1,20,7,,,,,\n0,2,0,0.1,20,7,,,,,\n", "line 4, column 1 (id): found \"0\"", TestName = "Trace: duplicate id")]
    [TestCase("0,NaN,0,0.1,20,7,,,,,\n", "line 3, column 2 (arrival): found \"NaN\"", TestName = "Trace: NaN")]
    [TestCase("0,1,0,0.1,20,7,,,,,\n1,2,0,0.", "line 4: found a last line without a line break", TestName = "Trace: truncated last line")]
    [TestCase("0,1,0,0.1,20\n", "line 3, column 5: found 5 fields; allowed: 11 fields", TestName = "Trace: too few columns")]
    public void A_bad_trace_is_named_and_leaves_no_file(string rows, string fault)
    {
        var file = Write("bad.csv", Header + Columns + rows);
        AssertFault(SimServeProcess.Run("trace", "import", file, "--format", "simserve", "--out", PathOf("out.parquet")), fault);
        AssertFault(SimServeProcess.Run("trace", "describe", file), fault);
        Assert.That(_folder.GetFiles().Select(static found => found.Name), Is.EqualTo(new[] { "bad.csv" }));
    }

    [Test]
    public void A_line_without_an_end_is_named_and_not_held()
    {
        using (var stream = File.Create(PathOf("long.csv")))
        {
            stream.Write(Encoding.UTF8.GetBytes(Header + Columns));
            var part = new byte[1 << 20];
            Array.Fill(part, (byte)'7');
            for (var megabyte = 0; megabyte < 64; megabyte++)
            {
                stream.Write(part);
            }

            stream.WriteByte((byte)'\n');
        }

        AssertFault(SimServeProcess.Run("trace", "import", PathOf("long.csv"), "--format", "simserve", "--out", PathOf("out.csv")), "line 3: found more than 65536 bytes");
        Assert.That(File.Exists(PathOf("out.csv")), Is.False);
    }

    [Test]
    public void What_is_no_Parquet_behind_its_mark_is_named()
    {
        File.WriteAllText(PathOf("bad.parquet"), "PAR1 and nothing else");
        AssertFault(SimServeProcess.Run("trace", "describe", PathOf("bad.parquet")), "the header: found bytes that cannot be read as Parquet");
    }

    [Test]
    public void A_closed_loop_cannot_be_exported()
    {
        var result = SimServeProcess.Run(
            "trace", "export", Repository.Pictures, "--out", PathOf("a.csv"), "--set", "workload={\"requests\":5,\"closedLoop\":{\"users\":2,\"thinkSeconds\":1}}", "--set", "edits=[]");
        AssertFault(result, "workload.closedLoop: found a closed loop");
        Assert.That(_folder.GetFiles(), Is.Empty);
    }

    [Test]
    public void Faulty_options_are_told_at_once()
    {
        var result = SimServeProcess.Run(
            "trace", "import", Write("a.csv", ""), "--format", "diffserve", "--out", PathOf("b.csv"), "--steps", "0", "--rate", "NaN", "--masks", "prod", "--templates", "x");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Faults.Select(static fault => fault.Split(':')[0]), Is.EquivalentTo(new[] { "--steps", "--rate", "--masks", "--templates" }));
    }

    [Test]
    public void A_file_that_is_not_there_is_a_fault() =>
        AssertFault(SimServeProcess.Run("trace", "describe", PathOf("gone.csv")), $"FILE: found \"{PathOf("gone.csv")}\"; allowed: a file that exists.");

    private static void AssertFault(CommandResult result, string fault)
    {
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((2, "")), result.ToString());
        Assert.That(result.Faults.Single(), Does.StartWith(fault));
    }

    [Test]
    public void Traces_of_two_runs_are_compared_and_overlaid()
    {
        string[] Simulate(string routing) =>
        [
            "simulate", "experiments/sweep/fleet-64.json", "--out", PathOf(routing), "--no-baseline", "--set", "workload.requests=500", "--set", $"policies.routing={routing}",
        ];
        Assert.That(SimServeProcess.Run(Simulate("round-robin")).ExitCode, Is.LessThan(2));
        Assert.That(SimServeProcess.Run(Simulate("least-requests")).ExitCode, Is.LessThan(2));
        string[] Diff(params string[] more) => ["trace", "diff", PathOf("round-robin/trace.json"), PathOf("least-requests/trace.json"), .. more];
        var (table, read) = (SimServeProcess.Run(Diff("--out", PathOf("overlay.json"))), JsonNode.Parse(SimServeProcess.Run(Diff("--format", "json")).Output)!);
        var wrong = SimServeProcess.Run("trace", "diff", PathOf("round-robin/summary.json"), PathOf("least-requests/trace.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.ExitCode, Is.Zero, table.ToString());
            Assert.That(table.Output, Does.Contain("round-robin").And.Contain("least-requests").And.Contain("500 in both").And.Match(@"parted +first with r\d+"));
            Assert.That(JsonNode.Parse(File.ReadAllText(PathOf("overlay.json")))!["traceEvents"]!.AsArray(), Has.Count.GreaterThan(2000));
            Assert.That((int)read["completed"]!, Is.EqualTo(500));
            Assert.That(wrong.ExitCode, Is.EqualTo(2));
            Assert.That(wrong.Error, Does.Contain("summary.json").And.Contain("the trace.json of a run"));
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }
}
