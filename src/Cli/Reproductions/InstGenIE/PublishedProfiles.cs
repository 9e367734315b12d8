using SimServe.Cli.Planning;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Catalogue;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Device profiles made of published cost models: samples are what the published law says at some points, so that scenarios run on them as on measured ones.</summary>
internal static class PublishedProfiles
{
    public const string FluxKeysValues = "h800-flux-kv";
    public const string FluxOutputs = "h800-flux-y";
    public const string Ootd = "h800-ootd";
    public const string OotdSlowLink = "h800-ootd-pageable";

    public const int OotdHeight = 1024;
    public const int OotdWidth = 768;

    private const string Device = "H800";
    private const string FluxModel = "flux-dev";
    private const string OotdModel = "sd15";

    // A profile needs a time of everything; what happens elsewhere, in processes of the scenario, takes none here.
    private const double Nothing = 1e-7;

    private static readonly int[] Members = [1, 8];
    private static readonly double[] Ratios = [0.05, 0.35, 1];

    public static IReadOnlyList<string> Names { get; } = [FluxKeysValues, FluxOutputs, Ootd, OotdSlowLink];

    /// <summary>FLUX.1-dev at 1024x1024.</summary>
    public static ModelShape FluxShape { get; } = PublishedShapes.Of(FluxModel) with { LoadsWholeTemplates = true };

    /// <summary>OOTDiffusion's denoising network: that of SD 1.5 at 768x1024.</summary>
    public static ModelShape OotdShape { get; } = PublishedShapes.Of(OotdModel).At(
        new ImageSize(OotdWidth, OotdHeight).GridOf(PublishedShapes.Of(OotdModel).Grid)!.Value) with { LoadsWholeTemplates = true };

    public static DeviceProfile Of(string name, ConstantBook constants) => name switch
    {
        FluxKeysValues => Flux(constants, 1, "keys and values cached"),
        FluxOutputs => Flux(constants, 0.5, "block outputs cached, half the bytes of keys and values"),
        Ootd => OotdProfile(constants, FastBytesPerSecond(constants), "pinned memory"),
        OotdSlowLink => OotdProfile(constants, OotdBytes(constants) / constants["ootd.naive.loadSeconds"], "pageable memory"),
        _ => throw new ArgumentException($"There is no published profile '{name}'; there are: {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>Bandwidth of the host's link with pinned memory, bytes/s, that the table of load times implies for keys and values.</summary>
    public static double FastBytesPerSecond(ConstantBook constants) =>
        2 * FluxRowsBytes * constants["flux.compute.steps"] / constants.Table("flux.load.seconds")[0];

    // Bytes of one tensor of every image row of every block, for a step.
    private static double FluxRowsBytes => FluxShape.Blocks.Sum(static block => (double)block.ImageTokens * block.Width * 2);

    private static double OotdBytes(ConstantBook constants) => OotdShape.TemplateCacheBytes((int)constants["ootd.steps"]);

    private static DeviceProfile Flux(ConstantBook constants, double loadShare, string variant)
    {
        var (model, steps) = (FluxShape, constants["flux.compute.steps"]);
        var slope = constants["flux.compute.secondsPerGflop"] / steps;
        var perStep = constants["flux.compute.secondsPerBatch"] / steps;
        var kinds = model.Blocks.DistinctBy(static block => block.Kind).ToArray();
        var loads = constants.Table("flux.load.seconds");

        // The first block's input is there without a load: the others share the step's. What a batch takes whatever is in it is launching: every block has its part.
        var (loading, floor) = (model.Blocks.Count - 1, perStep / model.Blocks.Count);
        return Profile(model, constants["flux.steps"], variant) with
        {
            Environment = $"published regressions of FlashPS (EuroSys '26), its artifact's scheduler/schedule_methods.py; {variant}",
            Samples =
            [
                .. kinds.SelectMany(block => Works(block).Select(work => Block(
                    block.Kind, work.Work, floor + (slope * FlashPSCounter.FluxBlock(block.Kind, block.Width, work.Members, work.Work.Rows, block.Tokens))))),
                .. loads.Select((seconds, index) => Load(
                    (index + 1L) * model.Blocks[0].ImageTokens * model.Blocks[0].Width * model.BytesPerElement, loadShare * seconds / steps / loading)),
                .. Others(constants["flux.steps"] * ((slope * FlashPSCounter.FluxStep(model, 1)) + perStep), (int)constants["flux.steps"]),
            ],
        };
    }

    private static DeviceProfile OotdProfile(ConstantBook constants, double bytesPerSecond, string link)
    {
        var (model, steps) = (OotdShape, constants["ootd.steps"]);
        var slope = constants["ootd.compute.secondsPerGflop"] / steps;
        var perStep = constants["ootd.compute.secondsPerBatch"] / steps;

        // What grows with the mask is the transformer blocks' time, by their operations; what does not, whatever the mask is, goes to the convolutions between them.
        var growth = slope * (FlashPSCounter.OotdStep(1) - FlashPSCounter.OotdStep(0));
        var perFlop = growth / (model.MaskedStepFlops(model.Grid.Count) - model.MaskedStepFlops(0));
        var transformers = model.Blocks.Where(static block => block.IsTokenWise).Sum(static block => (double)block.MaskedWork(0).Flops) * model.Branches;
        var convolutions = model.Blocks.Where(static block => !block.IsTokenWise).Sum(static block => (double)block.PlainWork().Flops) * model.Branches;
        var perConvolution = ((slope * FlashPSCounter.OotdStep(0)) - (perFlop * transformers)) / convolutions;
        var floor = perStep / model.Blocks.Count;
        return Profile(model, steps, link) with
        {
            Environment = $"published regressions of FlashPS (EuroSys '26), its artifact's scheduler/schedule_methods.py; {link}",
            Images = new ImageSize(OotdWidth, OotdHeight),
            Samples =
            [
                .. model.Blocks.Where(static block => block.IsTokenWise).Distinct().SelectMany(block => Works(block).Select(work => Block(block.Kind, work.Work, floor + (perFlop * work.Work.Flops)))),
                .. model.Blocks.Where(static block => !block.IsTokenWise).Distinct().SelectMany(block => Members.Select(members => Block(
                    block.Kind, block.MaskedWork(members, members * (long)block.ImageTokens), floor + (perConvolution * block.MaskedWork(members, members * (long)block.ImageTokens).Flops)))),
                .. new[] { 1e6, 1e7, 1e8, 1e9 }.Select(bytes => Load((long)bytes, bytes / bytesPerSecond)),
                .. Others(steps * ((slope * FlashPSCounter.OotdStep(1)) + perStep), (int)steps),
            ],
        };
    }

    private static DeviceProfile Profile(ModelShape model, double steps, string variant) => new()
    {
        Device = DeviceCatalogue.Find(Device).ToSpec(),
        Model = model.Name,
        ModelSizes = model.Sizes,
        LoadsWholeTemplates = true,
        Precision = "bf16",
        Provenance = Provenance.Published,
        Date = new DateOnly(2026, 4, 27),
        Environment = FormattableString.Invariant($"{variant}, {steps} steps"),
        Samples = [],
    };

    // In whole tokens of the mask, as requests have them.
    private static IEnumerable<(int Members, Work Work)> Works(BlockShape block) =>
        from members in Members
        from ratio in Ratios
        select (members, block.MaskedWork(members, (long)Math.Round(ratio * block.ImageTokens) * members));

    private static IEnumerable<ProfileSample> Others(double record, int steps)
    {
        foreach (var members in Members)
        {
            yield return Sample(ProfileTerm.StepOverhead, new Work(members, 0, 0, 0, 0), Nothing);
        }

        yield return Sample(ProfileTerm.Encode, default, Nothing);
        yield return Sample(ProfileTerm.Decode, default, Nothing);
        yield return Sample(ProfileTerm.Record, default, record) with { Steps = steps };
    }

    private static ProfileSample Block(BlockKind kind, Work work, double seconds) => Sample(ProfileTerm.Block(kind), work, seconds);

    private static ProfileSample Load(long bytes, double seconds) => Sample(ProfileTerm.Load, default, seconds) with { Bytes = bytes };

    private static ProfileSample Sample(string term, Work work, double seconds) => new(term, work, 0, 0, seconds, 0, 1, 0);
}
