using SimServe.Policies;

namespace SimServe.Simulator.Workloads;

/// <summary>What requests are like, whenever they arrive. Takes one number for each property, whatever the options are.</summary>
internal sealed class RequestPopulation
{
    private readonly WorkloadOptions _options;
    private readonly ZipfPopularity _templates;
    private readonly ZipfPopularity _tenants;
    private readonly WeightedChoice? _steps;
    private readonly WeightedChoice? _classes;
    private readonly ServiceClass[] _classNames;
    private readonly MaskRatioDistribution[] _ratios;

    // By resolution; sizes by class too.
    private readonly MaskSizes[][] _sizes;
    private readonly WorkloadMasks[] _masks;

    public RequestPopulation(WorkloadOptions options, TokenGrid grid)
    {
        _options = options;
        _templates = new ZipfPopularity(options.Templates, options.TemplateZipfExponent);
        _tenants = new ZipfPopularity(options.Tenants, options.TenantZipfExponent);
        _steps = options.StepChoices.Count > 0 ? new WeightedChoice(options.StepChoices.Select(static choice => choice.Weight)) : null;
        _classes = options.Classes.Count > 0 ? new WeightedChoice(options.Classes.Select(static share => share.Weight)) : null;
        _classNames = options.Classes.Count > 0 ? [.. options.Classes.Select(static share => share.ToClass())] : [ServiceClass.Default];
        _ratios = options.Classes.Count > 0
            ? [.. options.Classes.Select(share => MaskRatios.Parse(share.Masks ?? options.MaskRatios))]
            : [MaskRatios.Parse(options.MaskRatios)];
        TokenGrid[] grids = options.Resolutions.Count > 0 ? [.. options.Resolutions.Select(choice => choice.GridOf(grid))] : [grid];
        _sizes = options.MaskShapes ? [] : [.. grids.Select(size => _ratios.Select(ratios => new MaskSizes(ratios, size)).ToArray())];
        _masks = [.. grids.Select(size => new WorkloadMasks(size, options.MaskShapes))];
    }

    /// <summary>Whether masks have shapes, each drawn from a stream of its own.</summary>
    public bool HasShapes => _masks[0].HasShapes;

    public TemplateId Template(RandomStream random) => new(_templates.Sample(random));

    public TenantId Tenant(RandomStream random) => new(_tenants.Sample(random));

    // A class by its number; there is always one.
    public int Class(RandomStream random) => _classes?.Sample(random) ?? 0;

    public ServiceClass ClassOf(int number) => _classNames[number];

    // One number from the stream of ratios, with a shape or without.
    public EditMask Mask(int resolution, int number, RandomStream random, RandomStream? shape) => shape is null
        ? _masks[resolution].OfTokens(_sizes[resolution][number].Tokens(random.NextDouble()))
        : _masks[resolution].Blob(_ratios[number].Sample(random), shape);

    public int Steps(RandomStream random) => _steps is null ? _options.Steps : _options.StepChoices[_steps.Sample(random)].Steps;

    public string Prompt(RandomStream random) => _options.Prompts[random.Next(_options.Prompts.Count)];
}
