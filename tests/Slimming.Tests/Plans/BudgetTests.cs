using CsCheck;
using SimServe.Slimming.Plans;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Plans;

public sealed class BudgetTests
{
    private static readonly AdjustableStrategy[] Inner =
    [
        new VarianceThreshold(0.5), new RandomInitWidths(0.5), new MarchenkoPasturExcess(0.9), new MarchenkoPasturEdge(), new EffectiveRankWidths(), new Uniform(0.5), new RandomAllocation(7),
    ];

    [Test]
    public void A_budget_is_met_within_one_step_of_any_group_and_never_exceeded([Values] BudgetKind kind) =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 8], Gen.Double[0.35, 1], Gen.Int[0, Inner.Length - 1]).Sample(
            (groups, multiple, share, inner) =>
            {
                var target = TestTarget.Of(groups, multiple).With(static group => group with { Minimum = 1 });
                if (Measure(target, kind, [.. target.Groups.Select(static group => group.Floor)]) > share * Measure(target, kind, target.Full))
                {
                    return;
                }

                int[] widths = [.. new Budget(kind, share, Inner[inner]).Widths(target, target.Spectra)];
                var limit = share * Measure(target, kind, target.Full);
                Assert.That(Measure(target, kind, widths), Is.LessThanOrEqualTo(limit));
                Assert.That(target.Groups.Zip(widths).All(static pair => pair.First.Allows(pair.Second)));
                for (var group = 0; group < widths.Length; group++)
                {
                    if (widths[group] < target.Groups[group].Units)
                    {
                        int[] more = [.. widths];
                        more[group] = target.Groups[group].NextWidth(widths[group]);
                        Assert.That(Measure(target, kind, more), Is.GreaterThan(limit));
                    }
                }
            },
            iter: 60,
            threads: 1);

    [Test]
    public void A_whole_budget_takes_nothing_away([Values] BudgetKind kind)
    {
        var target = TestTarget.Of();
        foreach (var inner in Inner)
        {
            Assert.That(new Budget(kind, 1, inner).Widths(target, target.Spectra), Is.EqualTo(target.Full), inner.Description.Name);
        }
    }

    [Test]
    public void What_was_found_is_what_the_strategy_would_choose_but_for_the_steps_that_were_left_over()
    {
        var target = TestTarget.Of();
        var choice = new Budget(BudgetKind.Parameters, 0.6, new VarianceThreshold(0.5)).Choose(target, target.Spectra);
        var threshold = choice.Strategy.Inner!.Parameters["threshold"];
        var plain = new VarianceThreshold(threshold).Widths(target, target.Spectra);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(choice.Strategy.Parameters["parameters"], Is.EqualTo(0.6));
            Assert.That(choice.Widths.Zip(plain).All(static pair => pair.First >= pair.Second));
            Assert.That(choice.Widths.Zip(plain).Sum(static pair => pair.First - pair.Second), Is.EqualTo(choice.Strategy.Parameters["raisedSteps"]));
        }
    }

    [Test]
    public void Groups_of_low_rank_give_more_than_others()
    {
        var target = TestTarget.Of();
        var widths = new Budget(BudgetKind.Parameters, 0.6, new MarchenkoPasturExcess(0.9)).Widths(target, target.Spectra);
        double[] shares = [.. widths.Zip(target.Full, static (width, full) => (double)width / full)];
        Assert.That(shares.Where(static (_, group) => group % 2 == 1).Average(), Is.LessThan(shares.Where(static (_, group) => group % 2 == 0).Average() - 0.2));
    }

    [Test]
    public void An_impossible_budget_is_refused_before_anything_is_measured_and_says_what_is_possible()
    {
        var target = TestTarget.Of().With(static group => group with { Minimum = 8, IsProtected = group.Depth < 2 });
        int[] floors = [.. target.Groups.Select(static group => group.Floor)];
        var least = target.SizeOf(floors).Parameters;
        var budget = new Budget(BudgetKind.Parameters, 0.1, new Uniform(0.5));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => budget.Widths(target, []),
                Throws.InstanceOf<SlimmingException>().With.Message.Contains(least.ToString("N0")).And.Message.Contains("2 protected groups").And.Message.Contains("minimum widths"));
            Assert.That(() => budget.ThrowIfImpossible(target), Throws.InstanceOf<SlimmingException>());
            var possible = Math.Ceiling(1000.0 * least / target.SizeOf(target.Full).Parameters) / 1000;
            Assert.That(() => new Budget(BudgetKind.Parameters, possible, new Uniform(0.5)).ThrowIfImpossible(target), Throws.Nothing, "what the message proposes");
        }
    }

    [Test]
    public void Seconds_need_a_profile()
    {
        var target = new TestTarget { Groups = TestTarget.Of().Groups, Samples = TestTarget.Of().Samples };
        Assert.That(() => new Budget(BudgetKind.Seconds, 0.9, new Uniform(0.5)).ThrowIfImpossible(target), Throws.InstanceOf<SlimmingException>().With.Message.Contains("profile"));
    }

    [Test]
    public void A_budget_over_120_large_groups_is_met_too()
    {
        var groups = Enumerable.Range(0, 120).Select(static index => new SlimGroup { Name = $"g{index}", Kind = UnitKind.FeedForward, Units = index % 6 == 0 ? 5120 : 1280, Depth = index }).ToArray();
        var target = new TestTarget
        {
            Groups = groups,
            Samples = [.. groups.Select(static group => group.Units)],
            Spectra = [.. groups.Select(static (group, index) => new Spectrum(Enumerable.Range(0, group.Units).Select(unit => Math.Exp(-unit * (2.0 + index) / group.Units)), group.Units, 3840, 3839))],
        };
        foreach (var inner in Inner)
        {
            var widths = new Budget(BudgetKind.Parameters, 0.5, inner).Widths(target, target.Spectra);
            Assert.That(target.SizeOf(widths).Parameters, Is.EqualTo(target.SizeOf(target.Full).Parameters / 2).Within(5120));
        }
    }

    [TestCase(0)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void A_budget_is_a_share(double share) =>
        Assert.That(() => new Budget(BudgetKind.Macs, share, new Uniform(0.5)), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static double Measure(TestTarget target, BudgetKind kind, int[] widths) => kind switch
    {
        BudgetKind.Parameters => target.SizeOf(widths).Parameters,
        BudgetKind.Macs => target.SizeOf(widths).Macs,
        _ => target.SecondsOf(widths)!.Value,
    };
}
