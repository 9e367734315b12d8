using SimServe.Slimming.Plans;

namespace SimServe.Slimming.Tests.Plans;

/// <summary>What every strategy owes.</summary>
public sealed class SlimStrategyTests
{
    private static readonly double[] Levels = [0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.9, 0.99, 1];

    private static IEnumerable<TestCaseData<AdjustableStrategy>> Strategies()
    {
        AdjustableStrategy[] all =
        [
            new VarianceThreshold(0.9), new RandomInitWidths(0.9), new MarchenkoPasturExcess(0.9), new MarchenkoPasturEdge(), new EffectiveRankWidths(), new Uniform(0.5), new RandomAllocation(3),
        ];
        return all.Select(static strategy => new TestCaseData<AdjustableStrategy>(strategy).SetArgDisplayNames(strategy.Description.Name));
    }

    [TestCaseSource(nameof(Strategies))]
    public void Widths_are_allowed_ones(AdjustableStrategy strategy)
    {
        var target = TestTarget.Of(multiple: 8).With(static group => group with { Minimum = 10, IsProtected = group.Depth == 4 });
        foreach (var level in Levels)
        {
            var widths = strategy.At(level * strategy.HighestLevel).Widths(target, target.Spectra);
            Assert.That(target.Groups.Zip(widths).Where(static pair => !pair.First.Allows(pair.Second)), Is.Empty);
            Assert.That(widths[4], Is.EqualTo(target.Groups[4].Units), "protected");
        }
    }

    [TestCaseSource(nameof(Strategies))]
    public void No_group_gets_narrower_as_the_level_grows(AdjustableStrategy strategy)
    {
        var target = TestTarget.Of();
        var before = new int[target.Groups.Count];
        foreach (var level in Levels)
        {
            int[] widths = [.. strategy.At(level * strategy.HighestLevel).Widths(target, target.Spectra)];
            Assert.That(widths.Zip(before).All(static pair => pair.First >= pair.Second));
            before = widths;
        }
    }

    [TestCaseSource(nameof(Strategies))]
    public void Levels_out_of_range_are_refused(AdjustableStrategy strategy)
    {
        foreach (var level in new[] { 0, -1, double.NaN, strategy.HighestLevel * 1.01 })
        {
            Assert.That(() => strategy.At(level), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [TestCaseSource(nameof(Strategies))]
    public void Spectra_of_other_groups_are_refused(AdjustableStrategy strategy)
    {
        var target = TestTarget.Of();
        Assert.That(() => strategy.Widths(target, [.. target.Spectra.Skip(1)]), Throws.ArgumentException);
        Assert.That(() => strategy.Widths(target, [.. target.Spectra.Reverse()]), Throws.ArgumentException);
    }

    [Test]
    public void A_threshold_keeps_what_it_says()
    {
        var target = TestTarget.Of();
        var widths = new VarianceThreshold(0.8).Widths(target, target.Spectra);
        Assert.That(widths, Is.EqualTo(target.Spectra.Select(static spectrum => Math.Max(2, spectrum.Keep(0.8)))));
    }

    [Test]
    public void What_has_learned_nothing_keeps_everything_by_excess_and_what_has_keeps_less()
    {
        var target = TestTarget.Of();
        var widths = new MarchenkoPasturExcess(0.9).Widths(target, target.Spectra);
        for (var group = 0; group < widths.Count; group++)
        {
            var share = (double)widths[group] / target.Groups[group].Units;
            Assert.That(share, group % 2 == 0 ? Is.GreaterThan(0.9) : Is.LessThan(0.75), target.Groups[group].Name);
        }
    }

    [Test]
    public void Widths_of_an_untrained_model_are_near_those_of_the_law()
    {
        var target = TestTarget.Of();
        var (null_, measured) = (new RandomInitWidths(0.9).Widths(target, target.Spectra), new VarianceThreshold(0.9).Widths(target, target.Spectra));
        for (var group = 0; group < measured.Count; group += 2)
        {
            Assert.That(measured[group], Is.EqualTo(null_[group]).Within(2));
        }
    }

    [Test]
    public void Planted_directions_lie_above_the_edge()
    {
        var target = TestTarget.Of();
        var widths = new MarchenkoPasturEdge().Widths(target, target.Spectra);
        Assert.That(Enumerable.Range(0, 9).Where(static group => group % 2 == 1 && group % 3 != 0).Select(group => widths[group]), Is.All.EqualTo(5));
    }

    [Test]
    public void Lots_are_drawn_by_seed_and_name()
    {
        var target = TestTarget.Of();
        var first = new RandomAllocation(3).Widths(target, target.Spectra);
        var shorter = new TestTarget { Groups = [.. target.Groups.Skip(1)], Samples = target.Samples[1..], Spectra = [.. target.Spectra.Skip(1)] };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new RandomAllocation(3).Widths(target, target.Spectra), Is.EqualTo(first));
            Assert.That(new RandomAllocation(4).Widths(target, target.Spectra), Is.Not.EqualTo(first));
            Assert.That(new RandomAllocation(3).Widths(shorter, shorter.Spectra), Is.EqualTo(first.Skip(1)));
        }
    }

    [Test]
    public void Widths_by_hand_stay_as_they_are_and_all_faults_are_told()
    {
        var target = TestTarget.Of(multiple: 8).With(static group => group with { IsProtected = group.Depth == 3 });
        var widths = new Manual(new Dictionary<string, int> { ["blocks.0"] = 8 }).Widths(target, target.Spectra);
        Assert.That(widths, Is.EqualTo(new[] { 8 }.Concat(target.Full.Skip(1))));
        var faulty = new Manual(new Dictionary<string, int> { ["blocks.0"] = 9, ["blocks.1"] = 40, ["blocks.3"] = 8, ["blocks.x"] = 8 });
        Assert.That(
            () => faulty.Widths(target, target.Spectra),
            Throws.InstanceOf<SlimmingException>().With.Property("Faults").Count.EqualTo(4).And.Message.Contains("multiples of 8 from 8 to 16").And.Message.Contains("blocks.x").And.Message.Contains("protected"));
    }

    [TestCase(0, 1, 1, 4)]
    [TestCase(4.0000000001, 1, 1, 4)]
    [TestCase(4.1, 1, 1, 8)]
    [TestCase(49, 1, 50, 50)]
    [TestCase(3, 7, 50, 8)]
    [TestCase(200, 1, 50, 50)]
    public void Width_rounds_up_to_a_multiple_or_all(double wanted, int minimum, int units, int expected)
    {
        var group = new SlimGroup { Name = "g", Kind = UnitKind.FeedForward, Units = Math.Max(units, expected), Multiple = 4, Minimum = minimum };
        Assert.That(group.Width(wanted), Is.EqualTo(expected));
        Assert.That(group.Allows(expected));
    }
}
