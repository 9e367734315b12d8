using SimServe.Slimming.Selection;

namespace SimServe.Slimming.Tests.Selection;

public sealed class UnitSelectionTests
{
    private const int Units = 16;

    private static IEnumerable<string> Names => SelectionCatalogue.Names;

    [TestCaseSource(nameof(Names))]
    public void Every_selection_keeps_as_many_as_asked_for_in_ascending_order_and_the_same_ones_again(string name)
    {
        var rows = Rows(Weights.Random(Units, 40));
        for (var kept = 0; kept <= Units; kept++)
        {
            var units = SelectionCatalogue.Create(name, 3).Keep(rows, kept);
            Assert.That(units, Has.Count.EqualTo(kept).And.Ordered.And.Unique.And.All.InRange(0, Units - 1));
            Assert.That(SelectionCatalogue.Create(name, 3).Keep(rows, kept), Is.EqualTo(units));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void What_stays_among_few_stays_among_more(string name)
    {
        var (rows, selection) = (Rows(Weights.Random(Units, 40)), SelectionCatalogue.Create(name, 3));
        for (var kept = 1; kept <= Units; kept++)
        {
            Assert.That(selection.Keep(rows, kept - 1), Is.SubsetOf(selection.Keep(rows, kept)));
        }
    }

    [TestCase("l1")]
    [TestCase("l2")]
    public void The_smallest_filter_goes(string name)
    {
        var weights = Weights.Random(Units, 40);
        for (var i = 5 * 40; i < 6 * 40; i++)
        {
            weights[i] *= 0.3f;
        }

        Assert.That(SelectionCatalogue.Create(name, 1).Keep(Rows(weights), Units - 1), Is.EqualTo(Enumerable.Range(0, Units).Where(static unit => unit != 5)));
    }

    [Test]
    public void Many_small_weights_count_for_l1_and_a_large_one_for_l2()
    {
        float[] weights = [.. Enumerable.Repeat(1f, 10), 5, .. Enumerable.Repeat(0f, 9)];
        var rows = new UnitRows { Name = "g", Values = weights, Units = 2 };
        Assert.That(NormSelection.ByMagnitude.Keep(rows, 1), Is.EqualTo(new[] { 0 }));
        Assert.That(NormSelection.BySquares.Keep(rows, 1), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void One_of_two_equal_filters_goes_though_it_is_not_the_smallest()
    {
        var weights = Weights.Random(Units, 400);
        Array.Copy(weights, 3 * 400, weights, 11 * 400, 400);
        var kept = new GeometricMedianSelection().Keep(Rows(weights), Units - 1);
        Assert.That(kept, Is.EqualTo(Enumerable.Range(0, Units).Where(static unit => unit != 11)));
    }

    [Test]
    public void Scales_decide_by_magnitude_and_must_be_there()
    {
        var rows = Rows(Weights.Random(Units, 4));
        var selection = new ScaleSelection();
        Assert.That(selection.Keep(rows with { Scales = [.. Enumerable.Range(0, Units).Select(static unit => unit == 2 ? -9f : unit == 7 ? 8 : 0.1f * unit)] }, 2), Is.EqualTo(new[] { 2, 7 }));
        Assert.That(() => selection.Keep(rows with { Scales = null }, 2), Throws.InstanceOf<SlimmingException>().With.Message.Contains("layer").And.Message.Contains("0 scales"));
        Assert.That(() => selection.Keep(rows with { Scales = [float.NaN, .. rows.Scales!.Skip(1)] }, 2), Throws.InstanceOf<SlimmingException>());
    }

    [Test]
    public void Lots_depend_on_the_seed_and_the_group()
    {
        var rows = Rows(Weights.Random(Units, 4));
        var units = new RandomSelection(1).Keep(rows, 8);
        Assert.That(new RandomSelection(2).Keep(rows, 8), Is.Not.EqualTo(units));
        Assert.That(new RandomSelection(1).Keep(rows with { Name = "another" }, 8), Is.Not.EqualTo(units));
    }

    [TestCaseSource(nameof(Names))]
    public void Weights_that_are_no_numbers_are_refused_by_the_name_of_their_group(string name)
    {
        var weights = Weights.Random(Units, 4);
        weights[9] = float.NaN;
        Assert.That(() => SelectionCatalogue.Create(name, 1).Keep(Rows(weights), 3), Throws.InstanceOf<SlimmingException>().With.Message.Contains("layer: weight 1 of unit 2"));
        Assert.That(() => SelectionCatalogue.Create(name, 1).Keep(Rows(Weights.Random(Units, 4)), Units + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void An_unknown_name_is_told_the_known_ones() =>
        Assert.That(() => SelectionCatalogue.Create("best", 1), Throws.InstanceOf<SlimmingException>().With.Message.Contains("l1, l2, geometric-median, scale, random"));

    private static UnitRows Rows(float[] weights) =>
        new() { Name = "layer", Values = weights, Units = Units, Scales = [.. Enumerable.Range(1, Units).Select(static unit => (float)unit)] };
}
