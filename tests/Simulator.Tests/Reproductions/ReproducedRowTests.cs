using System.Text.Json;
using System.Text.Json.Nodes;
using SimServe.Simulator.Reproductions;

namespace SimServe.Simulator.Tests.Reproductions;

/// <summary>How rows are judged, and what their file says of it.</summary>
public sealed class ReproducedRowTests
{
    private const double Tolerance = 0.15;

    private static readonly RowDeclaration Row = new() { Id = "row", What = "latency", Place = "Fig. 1", Unit = "s", Kind = RowKind.Reproduced, Target = 10 };

    [TestCase(11.4, RowVerdict.Within)]
    [TestCase(8.6, RowVerdict.Within)]
    [TestCase(11.6, RowVerdict.Missed)]
    [TestCase(8.4, RowVerdict.Missed)]
    [TestCase(null, RowVerdict.Missed)]
    public void Ours_must_be_within_the_tolerance(double? ours, RowVerdict verdict) => Assert.That(new ReproducedRow(Row, ours).Verdict(Tolerance), Is.EqualTo(verdict));

    [TestCase(6, RowVerdict.Explained)]
    [TestCase(4.9, RowVerdict.Missed)]
    [TestCase(12, RowVerdict.Missed)]
    [TestCase(10, RowVerdict.Within)]
    [TestCase(null, RowVerdict.Missed)]
    public void A_reason_covers_its_ratios_and_no_others(double? ours, RowVerdict verdict) =>
        Assert.That(new ReproducedRow(Row with { Reason = new MissReason(0.5, 0.9, "fewer workers") }, ours).Verdict(Tolerance), Is.EqualTo(verdict));

    [Test]
    public void What_cannot_be_had_and_what_is_ours_alone_is_not_judged()
    {
        var reported = Row with { Kind = RowKind.Reported, Reason = new MissReason(0, 0, "needs weights") };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new ReproducedRow(reported, null).Verdict(Tolerance), Is.EqualTo(RowVerdict.NotJudged));
            Assert.That(new ReproducedRow(Row with { Kind = RowKind.Own, Target = null }, 3).Verdict(Tolerance), Is.EqualTo(RowVerdict.NotJudged));
        }
    }

    [Test]
    public void One_missed_row_is_enough_to_fail_the_experiment_and_a_row_without_number_is_missed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Result(10).IsReproduced, Is.True);
            Assert.That(Result(20).IsReproduced, Is.False);
            Assert.That(Result(null).IsReproduced, Is.False);
        }
    }

    [Test]
    public void Rows_that_constants_were_fitted_on_are_counted_apart() => Assert.That(Result(10).Sentence, Does.StartWith("0 rows within 15 % of the paper that nothing was fitted on, 1 that constants were fitted on, 0 further off"));

    [Test]
    public void The_document_names_every_key_of_its_schema()
    {
        var document = JsonNode.Parse(ReproductionDocument.Serialise(Result(9)))!.AsObject();
        var row = document["rows"]![0]!.AsObject();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(document.Select(static pair => pair.Key), Is.EquivalentTo(new[] { "schemaVersion", "experiment", "title", "citation", "tolerance", "reproduced", "settings", "rows", "constants" }));
            Assert.That(row.Select(static pair => pair.Key), Is.EquivalentTo(new[] { "id", "what", "place", "kind", "unit", "target", "ours", "ratio", "verdict", "usedForFitting", "fittedConstant", "finding" }));
            Assert.That((double)row["ratio"]!, Is.EqualTo(0.9).Within(1e-12));
            Assert.That((string)row["verdict"]!, Is.EqualTo("within"));
            Assert.That((bool)row["usedForFitting"]!, Is.True);
            Assert.That((string)document["constants"]![0]!["source"]!, Is.EqualTo("Fig. 2"));
            Assert.That(document["rows"].Deserialize<JsonElement>().GetArrayLength(), Is.EqualTo(1));
        }
    }

    [Test]
    public void A_number_without_a_row_and_a_second_one_of_a_row_are_refused()
    {
        var book = new MeasurementBook();
        book.Add("stranger", 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => book.RowsOf(File()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("stranger"));
            Assert.That(() => book.Add("stranger", 2), Throws.ArgumentException);
            Assert.That(() => book.Add("other", double.NaN), Throws.ArgumentException);
        }
    }

    private static ReproductionResult Result(double? ours) => new(File(), [new ReproducedRow(Row with { FittedConstant = "one" }, ours, Finding: "as told")], [], [("replications", "1")]);

    private static ExperimentFile File() => new()
    {
        Id = "paper",
        Title = "A paper",
        Citation = "Somebody",
        Tolerance = Tolerance,
        Constants = new ConstantBook([new PublishedConstant("one", [1], "s", "Fig. 2", null, null)]),
        Rows = [Row],
    };
}
