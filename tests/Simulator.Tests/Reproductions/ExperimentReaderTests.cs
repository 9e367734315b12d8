using SimServe.Simulator.Reproductions;
using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Tests.Reproductions;

/// <summary>An experiment's files, with all their faults.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExperimentReaderTests : IDisposable
{
    private const string Constants = """
        { "schema": 1, "provenance": "published", "constants": [
          { "id": "one", "value": 1.5, "unit": "s", "source": "Fig. 1" },
          { "id": "table", "values": [1, 2, 4], "unit": "s", "source": "s5", "fittedOn": "Fig. 2", "note": "read" }, // comments may stay
        ] }
        """;

    private const string Rows = """
        { "schema": 1, "id": "paper", "title": "A paper", "citation": "Somebody, somewhere", "rows": [
          { "id": "a", "what": "latency", "place": "Fig. 1", "unit": "s", "target": 2, "fittedConstant": "one" },
          { "id": "b", "what": "ratio", "place": "Fig. 2", "target": 3, "leastRatio": 0.4, "mostRatio": 0.8, "reason": "fewer workers" },
          { "id": "c", "what": "quality", "place": "Table 2", "kind": "reported", "reason": "needs weights" },
          { "id": "d", "what": "ours", "place": "beyond", "kind": "own" },
        ] }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simserve-experiment-");

    [Test]
    public void Rows_and_constants_are_read_with_what_they_say_of_themselves()
    {
        var file = Read(Rows, Constants);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Rows.Select(static row => row.Kind), Is.EqualTo(new[] { RowKind.Reproduced, RowKind.Reproduced, RowKind.Reported, RowKind.Own }));
            Assert.That(file.Rows[0].FittedConstant, Is.EqualTo("one"));
            Assert.That(file.Rows[1].Reason, Is.EqualTo(new MissReason(0.4, 0.8, "fewer workers")));
            Assert.That(file.Tolerance, Is.EqualTo(0.15));
            Assert.That(file.Constants["one"], Is.EqualTo(1.5));
            Assert.That(file.Constants.Table("table"), Is.EqualTo(new[] { 1, 2, 4 }));
            Assert.That(file.Constants.All[1].FittedOn, Is.EqualTo("Fig. 2"));
        }
    }

    [Test]
    public void Constants_that_are_not_there_or_are_tables_are_named()
    {
        var constants = Read(Rows, Constants).Constants;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => constants["two"], Throws.TypeOf<InvalidDataException>().With.Message.Contains("'two'"));
            Assert.That(() => constants["table"], Throws.TypeOf<InvalidDataException>().With.Message.Contains("3 values"));
            Assert.That(constants.Unused, Is.EqualTo(new[] { "one" }), "the table was asked for");
        }
    }

    [TestCase("\"target\": 2, ", "", "rows[0].target: found nothing")]
    [TestCase("\"reason\": \"needs weights\"", "\"unit\": \"s\"", "rows[2].reason: found nothing")]
    [TestCase("\"mostRatio\": 0.8", "\"mostRatio\": 0.3", "rows[1].mostRatio: found 0.3")]
    [TestCase("\"id\": \"b\"", "\"id\": \"a\"", "rows[1].id: found \"a\" again")]
    [TestCase("\"kind\": \"own\"", "\"kind\": \"other\"", "rows[3].kind: found \"other\"")]
    [TestCase("\"place\": \"Fig. 2\"", "\"plaice\": \"Fig. 2\"", "rows[1].plaice: found an unknown key")]
    [TestCase("\"schema\": 1", "\"schema\": 2", "schema: found 2")]
    public void Faults_of_rows_are_named(string right, string wrong, string fault) => Assert.That(
        () => Read(Rows.Replace(right, wrong, StringComparison.Ordinal), Constants), Throws.TypeOf<InvalidInputException>().With.Message.Contains(fault));

    [TestCase("\"source\": \"Fig. 1\"", "\"note\": \"no source\"", "constants[0].source: found nothing")]
    [TestCase("1.5", "\"1.5\"", "constants[0].value: found \"1.5\"")]
    [TestCase("[1, 2, 4]", "[1, \"x\"]", "constants[1].values[1]: found \"x\"")]
    [TestCase("[1, 2, 4]", "[]", "constants[1].values: found []")]
    [TestCase("\"published\"", "\"measured\"", "provenance: found \"measured\"")]
    public void Faults_of_constants_are_named(string right, string wrong, string fault) => Assert.That(
        () => Read(Rows, Constants.Replace(right, wrong, StringComparison.Ordinal)), Throws.TypeOf<InvalidInputException>().With.Message.Contains(fault));

    public void Dispose() => _folder.Delete(recursive: true);

    private ExperimentFile Read(string rows, string constants)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, ExperimentReader.RowsFile), rows);
        File.WriteAllText(Path.Combine(_folder.FullName, ExperimentReader.ConstantsFile), constants);
        return ExperimentReader.Read(_folder.FullName);
    }
}
