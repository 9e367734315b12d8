using SimServe.Slimming.Spectra;

namespace SimServe.Slimming.Plans;

/// <summary>How many units of every group of a model stay, and why: what is decided, apart from the surgery that does it.</summary>
/// <remarks>A file of it can be read by people, compared line by line, and carried out again. The same model, strategy and seed give the same bytes.</remarks>
public sealed record SlimPlan
{
    /// <summary>The version of the files that are written.</summary>
    public const int CurrentSchema = 1;

    private const int Decimals = 6;

    /// <summary>The version of the file.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Whose plan it is.</summary>
    public required PlanModel Model { get; init; }

    /// <summary>What the energies were measured on.</summary>
    public required EnergySource EnergySource { get; init; }

    /// <summary>Who chose the widths.</summary>
    public required StrategyDescription Strategy { get; init; }

    /// <summary>Which units stay, a name of <see cref="Selection.SelectionCatalogue"/>.</summary>
    public required string Selection { get; init; }

    /// <summary>Seed of all that is random.</summary>
    public required long Seed { get; init; }

    /// <summary>The whole model before.</summary>
    public required PlanTotals Before { get; init; }

    /// <summary>The whole model after.</summary>
    public required PlanTotals After { get; init; }

    /// <summary>The groups, in order of depth.</summary>
    public required IReadOnlyList<PlannedGroup> Groups { get; init; }

    /// <summary>Units of each group after, in order.</summary>
    public IReadOnlyList<int> Widths() => [.. Groups.Select(static group => group.UnitsAfter)];

    /// <summary>Makes a plan.</summary>
    /// <param name="target">The model.</param>
    /// <param name="spectra">Energies of each group, in the target's order.</param>
    /// <param name="strategy">Chooses the widths.</param>
    /// <param name="origin">What else the plan says.</param>
    /// <exception cref="SlimmingException">The strategy cannot do it, or there is no such selection.</exception>
    public static SlimPlan Of(ISlimTarget target, IReadOnlyList<Spectrum> spectra, ISlimStrategy strategy, PlanOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentNullException.ThrowIfNull(origin);
        Slimming.Selection.SelectionCatalogue.ThrowIfUnknown(origin.Selection);
        var choice = strategy.Choose(target, spectra);
        int[] full = [.. target.Groups.Select(static group => group.Units)];
        return new SlimPlan
        {
            Model = new PlanModel(origin.ModelName, origin.ModelIdentity),
            EnergySource = origin.EnergySource,
            Strategy = choice.Strategy,
            Selection = origin.Selection,
            Seed = origin.Seed,
            Before = PlanTotals.Of(target, full),
            After = PlanTotals.Of(target, choice.Widths),
            Groups = [.. target.Groups.Select((_, index) => Planned(target, spectra[index], index, full, choice.Widths))],
        };
    }

    /// <summary>Reads a plan and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">The model that it is for; without one, it is checked against itself only.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="SlimmingException">It is no plan, or none for the model; the message lists every fault.</exception>
    public static SlimPlan Read(string path, ISlimTarget? target = null) => PlanReader.Read(path, File.ReadAllText(path), target);

    /// <summary>Writes the plan, whole or not at all.</summary>
    /// <param name="path">The file, replaced when it exists. Its folder must exist.</param>
    public void Write(string path) => GpuBackend.ModelFiles.WholeFile.Write(path, ToJson());

    /// <summary>The file's text.</summary>
    public string ToJson() => PlanJson.Text(this);

    private static PlannedGroup Planned(ISlimTarget target, Spectrum spectrum, int index, int[] full, IReadOnlyList<int> widths)
    {
        var (group, kept) = (target.Groups[index], spectrum.Share(widths[index]));
        var (before, after) = (GroupShare.Of(target, full, index), GroupShare.Of(target, widths, index));
        return new PlannedGroup
        {
            Name = group.Name,
            Kind = group.Kind,
            UnitsBefore = group.Units,
            UnitsAfter = widths[index],
            Multiple = group.Multiple,
            Minimum = group.Minimum,
            IsProtected = group.IsProtected,
            KeptVariance = Math.Min(1, Math.Round(kept, Decimals)),
            NullUnits = MarchenkoPastur.Keep(spectrum.Units, Math.Max(1, spectrum.DegreesOfFreedom), Math.Clamp(kept, double.Epsilon, 1)),
            ParametersBefore = before.Parameters,
            ParametersAfter = after.Parameters,
            MacsBefore = before.Macs,
            MacsAfter = after.Macs,
            Tied = group.Tied,
        };
    }
}
