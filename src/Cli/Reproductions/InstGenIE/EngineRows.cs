using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Simulator.Reports.Charts;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>Times without a queue: Fig. 1, 4-left, 7, 9, 11, 14, 15 and s4.3.</summary>
internal static class EngineRows
{
    private const string Full = FullPipeline.Name;
    private const string Reuse = GreedyPipeline.Name;
    private const int LargestBatch = 8;
    private const int GainBatch = 4;

    public static void Add(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        AddOotd(book, engines, constants);
        AddLoading(book, engines, constants);
        AddFlux(book, engines, constants);
        AddSensitivity(book, engines, constants);
        AddThroughput(book, engines, constants);
    }

    private static void AddOotd(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        var mask = constants["masks.vitonHd"];
        var (full, masked) = (engines.Ootd.Denoising(Full, 1, 1), engines.Ootd.Denoising(Reuse, 1, mask));
        book.Add("fig1.full", full);
        book.Add("fig1.masked", masked);
        book.Add("fig1.speedup", full / masked);
        var at = Enumerable.Range(4, 3).Select(tenth => FormattableString.Invariant($"{tenth / 10.0:0.0}: {Crop(constants, tenth / 10.0):0.00} s"));
        book.Add("fig1.crop", Crop(constants, mask), finding: $"By mask ratio {string.Join(", ", at)}.");
    }

    private static double Crop(ConstantBook constants, double mask) =>
        constants["ootd.compute.secondsPerBatch"] + (constants["ootd.compute.secondsPerGflop"] * FlashPSCounter.OotdCrop(mask));

    private static void AddLoading(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        var (engine, mask) = (engines.OotdSlowLink, constants["masks.vitonHd"]);
        var slow = AsPrinted(engine, mask);
        BlockCost[] ideal = [.. slow.Select(static cost => cost with { Load = TimeSpan.Zero })];
        var pinned = AsPrinted(engines.Ootd, mask);
        (string Name, string Words, double Seconds)[] schemes =
        [
            ("sequential", "in turn", Image(engine, slow, new SequentialPipeline())),
            ("strawman", "block-wise pipeline", Image(engine, slow, new StrawmanPipeline())),
            ("flashps", "Algorithm 1", Image(engine, slow, new GreedyPipeline())),
            ("optimal", "optimum", Image(engine, slow, new OptimalPipeline())),
            ("pinned", "in turn, pinned memory", Image(engine, pinned, new SequentialPipeline())),
            ("ideal", "loading free", Image(engine, ideal, new GreedyPipeline())),
        ];
        foreach (var (name, _, seconds) in schemes)
        {
            book.Add($"fig9.{name}", seconds);
        }

        book.Add("fig9.bandwidth", PublishedProfiles.OotdShape.TemplateCacheBytes((int)engine.Steps) / constants["ootd.naive.loadSeconds"] / 1e9);
        book.Add(new BarChart
        {
            Title = "Ways to load a template",
            Note = "Figure 9 of the paper: OOTDiffusion on H800 at mask ratio 0.35, over a link of 2.6 GB/s (pinned: 36 GB/s).",
            Axis = new ChartAxis("latency of an image", "s"),
            Bars = [.. schemes.Select(static scheme => new ChartBar(scheme.Words, scheme.Seconds))],
        });
    }

    // As the paper has it: a transformer block loads its own rows or computes every token, and nothing is resumed. Here a block's load is that of the one behind it, which needs the rows.
    private static BlockCost[] AsPrinted(PublishedEngine engine, double mask)
    {
        var costs = engine.Blocks(1, mask);
        return [.. costs.Select((cost, block) => engine.Model.Blocks[block].IsTokenWise && block + 1 < costs.Length
            ? new BlockCost(cost.Plain, cost.Cached, cost.Plain, costs[block + 1].Load, TimeSpan.Zero)
            : new BlockCost(cost.Plain, cost.Cached, cost.Cached, TimeSpan.Zero, TimeSpan.Zero))];
    }

    private static double Image(PublishedEngine engine, BlockCost[] costs, IPipelinePolicy policy)
    {
        var modes = new BlockMode[costs.Length];
        policy.Choose(costs, modes);
        return engine.Steps * (StepTimeline.Evaluate(costs, modes, policy.LookAhead).TotalSeconds + engine.Overhead(1));
    }

    private static void AddFlux(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        var (mask, around) = (constants["masks.figure15"], 2 * constants["prepost.seconds"]);
        book.Add("fig7.y", engines.FluxOutputs.Denoising(Reuse, 1, mask) + around);
        book.Add("fig7.kv", engines.Flux.Denoising(Reuse, 1, mask) + around);
        book.Add("fig15.flux", (engines.Flux.Denoising(Full, 1, 1) + around) / (engines.Flux.Denoising(Reuse, 1, mask) + around));
        book.Add("fig15.ootd", engines.Ootd.Denoising(Full, 1, 1) / engines.Ootd.Denoising(Reuse, 1, mask));
    }

    private static void AddSensitivity(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        double[] ratios = [.. Enumerable.Range(1, 9).Select(static tenth => tenth / 10.0)];
        var around = 2 * constants["prepost.seconds"];
        (string Name, double[] Seconds)[] lines =
        [
            ("FLUX.1", [.. ratios.Select(ratio => engines.Flux.Denoising(Reuse, 1, ratio) + around)]),
            ("OOTDiffusion", [.. ratios.Select(ratio => engines.Ootd.Denoising(Reuse, 1, ratio))]),
        ];
        book.Add("fig15.linear", lines.Min(line => Line.Through(ratios, line.Seconds).R2));
        book.Add(new LineChart
        {
            Title = "Latency by mask ratio",
            Note = "Figure 15 of the paper, at batch size 1.",
            XAxis = new ChartAxis("mask ratio"),
            YAxis = new ChartAxis("latency of an image", "s"),
            Series = [.. lines.Select(line => new ChartSeries { Name = line.Name, Points = [.. ratios.Zip(line.Seconds, static (ratio, seconds) => new ChartPoint(ratio, seconds))] })],
        });
    }

    private static void AddThroughput(MeasurementBook book, PublishedEngines engines, ConstantBook constants)
    {
        var mask = constants["masks.figure15"];
        int[] batches = [.. Enumerable.Range(1, LargestBatch)];
        double Masked(PublishedEngine engine, int members) => members / engine.Denoising(Reuse, members, mask);
        double Plain(PublishedEngine engine, int members) => members / engine.Denoising(Full, members, 1);
        var (tea, ootdTea) = (constants["teacache.flux.speedup"], constants["ootd.steps"] / constants["teacache.ootd.steps"]);
        book.Add("fig14.ootd", batches.Skip(1).Max(members => Masked(engines.Ootd, members) / Plain(engines.Ootd, members)));
        book.Add("fig14.flux", batches.Skip(1).Max(members => Masked(engines.Flux, members) / Plain(engines.Flux, members)));
        book.Add("fig14.flux.eight", Masked(engines.Flux, LargestBatch));
        book.Add("fig14.crossover.ootd", Masked(engines.Ootd, 1) / (ootdTea * Plain(engines.Ootd, 1)));
        book.Add("fig14.crossover.flux", Masked(engines.Flux, 1) / (tea * Plain(engines.Flux, 1)));
        var gain = Masked(engines.Flux, GainBatch) / Masked(engines.Flux, 1) / (Plain(engines.Flux, GainBatch) / Plain(engines.Flux, 1));
        var linked = Masked(engines.FluxOutputs, GainBatch) / Masked(engines.FluxOutputs, 1) / (Plain(engines.Flux, GainBatch) / Plain(engines.Flux, 1));
        book.Add("s43.gain", gain, finding: FormattableString.Invariant($"With block outputs cached, half the bytes: {linked:0.00}."));
        book.Add(new LineChart
        {
            Title = "Throughput by batch size",
            Note = "Figure 14 of the paper, at mask ratio 0.2.",
            XAxis = new ChartAxis("batch size"),
            YAxis = new ChartAxis("throughput", "images/s"),
            Series =
            [
                Series("FLUX.1, FlashPS", members => Masked(engines.Flux, members)),
                Series("FLUX.1, TeaCache", members => tea * Plain(engines.Flux, members)),
                Series("FLUX.1, Diffusers", members => Plain(engines.Flux, members)),
                Series("OOTDiffusion, FlashPS", members => Masked(engines.Ootd, members)),
                Series("OOTDiffusion, TeaCache", members => ootdTea * Plain(engines.Ootd, members)),
                Series("OOTDiffusion, Diffusers", members => Plain(engines.Ootd, members)),
            ],
        });

        ChartSeries Series(string name, Func<int, double> of) => new() { Name = name, Points = [.. batches.Select(members => new ChartPoint(members, of(members)))] };
    }
}
