using SimServe.Slimming.Plans;
using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Tests.Plans;

/// <summary>A model whose size is a sum over its groups, and spectra of weights for it: some groups of low rank, some not.</summary>
internal sealed class TestTarget : ISlimTarget
{
    private const int Rest = 1000;

    public required IReadOnlyList<SlimGroup> Groups { get; init; }

    public int[] Samples { get; init; } = [];

    public bool HasProfile { get; init; }

    public IReadOnlyList<Spectrum> Spectra { get; init; } = [];

    public int[] Full => [.. Groups.Select(static group => group.Units)];

    public static TestTarget Of(int groups = 9, int multiple = 1, long seed = 1)
    {
        SlimGroup[] all = [.. Enumerable.Range(0, groups).Select(index => new SlimGroup
        {
            Name = $"blocks.{index}", Kind = (UnitKind)(index % 4), Units = 16 + (16 * (index % 4)), Multiple = multiple, Minimum = 2, Depth = index, Tied = [$"norms.{index}"],
        })];
        int[] samples = [.. all.Select(static (group, index) => index % 3 == 0 ? group.Units / 2 : group.Units * 4)];
        return new TestTarget
        {
            Groups = all,
            Samples = samples,
            HasProfile = true,
            Spectra = [.. all.Select((group, index) => Spectrum.OfRows(
                index % 2 == 0 ? Weights.Random(group.Units, samples[index], seed + index) : Weights.OfRank(5, group.Units, samples[index], seed + index).Plus(Weights.Random(group.Units, samples[index], seed), 0.3f),
                group.Units))],
        };
    }

    public TestTarget With(Func<SlimGroup, SlimGroup> change) =>
        new() { Groups = [.. Groups.Select(change)], Samples = Samples, Spectra = Spectra, HasProfile = HasProfile };

    public SlimSize SizeOf(IReadOnlyList<int> widths)
    {
        var parameters = widths.Select((width, index) => (long)width * Samples[index]).Sum() + Rest;
        return new SlimSize(parameters, widths.Select((width, index) => (long)width * Samples[index] * (index + 1)).Sum());
    }

    public double? SecondsOf(IReadOnlyList<int> widths) => HasProfile ? 0.01 + (SizeOf(widths).Macs * 1e-6) : null;
}
