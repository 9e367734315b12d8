using SimServe.Policies;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Tests.Workloads.Adapters;

public sealed class AdapterSourceTests
{
    private const int Requests = 200_000;

    [TestCase("service-a", new[] { 0, 0.305, 0.695, 0 }, new[] { 0.002, 0.088, 0.910 })]
    [TestCase("service-b", new[] { 0.019, 0.251, 0.699, 0.031 }, new[] { 0.072, 0.736, 0.192 })]
    public void Numbers_of_adapters_per_request_are_those_of_Katz_table_1(string name, double[] controlNets, double[] loras)
    {
        var sets = Draw(name);
        using (Assert.EnterMultipleScope())
        {
            for (var count = 0; count < controlNets.Length; count++)
            {
                Assert.That(Share(sets, set => set.ControlNets.Count == count), Is.EqualTo(controlNets[count]).Within(Tolerance(controlNets[count])));
            }

            for (var count = 0; count < loras.Length; count++)
            {
                Assert.That(Share(sets, set => set.Loras.Count == count), Is.EqualTo(loras[count]).Within(Tolerance(loras[count])));
            }
        }
    }

    // Shares of uses: Katz, figure 5, digitised; add-ons.md section 1.3.
    [TestCase("service-a", 1, 0.311)]
    [TestCase("service-a", 2, 0.564)]
    [TestCase("service-a", 5, 0.976)]
    [TestCase("service-b", 1, 0.222)]
    [TestCase("service-b", 5, 0.715)]
    [TestCase("service-b", 8, 0.945)]
    public void Most_popular_controlnets_have_the_measured_share_of_uses(string name, int most, double expected) =>
        CheckShareOfUses(Draw(name), static set => set.ControlNets, most, expected);

    [TestCase("service-a", 3, 0.093)]
    [TestCase("service-a", 20, 0.280)]
    [TestCase("service-a", 500, 0.653)]
    [TestCase("service-b", 3, 0.301)]
    [TestCase("service-b", 20, 0.578)]
    [TestCase("service-b", 500, 0.832)]
    public void Most_popular_loras_have_the_measured_share_of_uses(string name, int most, double expected) =>
        CheckShareOfUses(Draw(name), static set => set.Loras, most, expected);

    [Test]
    public void Sets_of_controlnets_hold_each_once_and_have_all_shares([Values("service-a", "service-b")] string name)
    {
        var population = AdapterPopulations.Parse(name);
        var seen = new HashSet<int>();
        foreach (var set in Draw(name))
        {
            seen.UnionWith(set.ControlNets);
            Assert.That(set.ControlNets.Concat(set.Loras.Select(static lora => lora + 1_000)), Is.Unique);
            Assert.That(set.Loras, Is.All.InRange(0, population.LoraCount - 1));
        }

        Assert.That(seen.Max(), Is.LessThan(population.ControlNetCount));
    }

    [Test]
    public void Same_seed_gives_the_same_adapters_and_another_seed_others()
    {
        var population = AdapterPopulations.Parse("service-b");
        var (one, same, other) = (new AdapterSource(population, 5, 3), new AdapterSource(population, 5, 3), new AdapterSource(population, 6, 3));
        var differences = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var adapters = one.Next(out var neighbourhood);
            Assert.That(same.Next(out var sameNeighbourhood), Is.EqualTo(adapters));
            Assert.That(sameNeighbourhood, Is.EqualTo(neighbourhood));
            differences += other.Next(out _).Equals(adapters) ? 0 : 1;
        }

        Assert.That(differences, Is.GreaterThan(500));
    }

    [Test]
    public void Another_number_of_neighbourhoods_leaves_what_is_drawn_afresh_alone()
    {
        // The first request of every neighbourhood repeats nobody: the same draws, whichever neighbourhood they fall to.
        var population = AdapterPopulations.Parse("service-a");
        var (few, many) = (new AdapterSource(population, 5, 50), new AdapterSource(population, 5, 500));
        for (var place = 0; place < 50; place++)
        {
            Assert.That(few.NextAt(place), Is.EqualTo(many.NextAt(place * 7)));
        }
    }

    [Test]
    public void Repeated_sets_are_the_same_object()
    {
        var source = new AdapterSource(AdapterPopulations.Parse("service-a"), 1);
        var sets = Enumerable.Range(0, 1_000).Select(_ => source.NextAt(0)).ToArray();
        // ControlNets (probability 0.275) and LoRAs (0.32) are repeated by the same draw, and of the same request with probability
        // 0.27 * 0.62 + 0.73 * 0.15 = 0.28: at least 77 of 1,000 are the same object, give or take 9.
        Assert.That(sets.Distinct(ReferenceEqualityComparer.Instance).Count(), Is.LessThan(1_000 - 77 + (3 * 9)));
    }

    [Test]
    public void Population_none_has_no_adapters_and_an_unknown_one_lists_the_known()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new AdapterSource(AdapterPopulations.Parse("none"), 1).NextAt(0), Is.SameAs(AdapterSet.None));
            Assert.That(() => AdapterPopulations.Parse("service-c"), Throws.ArgumentException.With.Message.Contains("none, service-a, service-b"));
            Assert.That(() => new AdapterSource(AdapterPopulations.Parse("none"), 1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private static void CheckShareOfUses(AdapterSet[] sets, Func<AdapterSet, IReadOnlyList<int>> adapters, int most, double expected)
    {
        var uses = sets.SelectMany(adapters).ToArray();
        Assert.That(uses.Count(number => number < most) / (double)uses.Length, Is.EqualTo(expected).Within(Tolerance(expected)));
    }

    // As many neighbourhoods as requests / 10: repetition makes a few requests count for one, so the number that is independent is at least
    // the number of neighbourhoods. Shares of the reference are rounded to a tenth of a per cent.
    private static double Tolerance(double share) => 0.0005 + (4 * Math.Sqrt(share * (1 - share) / (Requests / 10)));

    private static AdapterSet[] Draw(string name)
    {
        var source = new AdapterSource(AdapterPopulations.Parse(name), 11, Requests / 10);
        return [.. Enumerable.Range(0, Requests).Select(_ => source.Next(out var _))];
    }

    private static double Share(AdapterSet[] sets, Func<AdapterSet, bool> property) => sets.Count(property) / (double)sets.Length;
}
