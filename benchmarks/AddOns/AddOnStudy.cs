using System.Diagnostics;
using System.Globalization;
using SimServe.Benchmarks.Families;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.GpuBackend.Weights;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using SimServe.Policies.Serving;
using static TorchSharp.torch;

namespace SimServe.Benchmarks.AddOns;

/// <summary>What a ControlNet on a device of its own gains, and a second device for one of the guidance branches, and what a LoRA that is loaded beside the first steps costs, on two threads of the processor.</summary>
/// <remarks>
/// Requests go through the serving loop, on real workers. Every way makes one image that does not count, so that the ControlNet is loaded, and then the one that does. Ways are run in turns, and a ratio is of
/// images of the same round. The ideal is computed from the times of the parts, measured in the same rounds.
/// </remarks>
/// <param name="folder">The model, as demo-sd with its add-ons beside it.</param>
internal sealed class AddOnStudy(string folder)
{
    private const int Rounds = 15;
    private const int Steps = 20;
    private const int LatentSide = 16;

    // The bound that 'simserve lora-bound' measured for this LoRA, and a storage from which it comes in less than so many steps.
    private const int Bound = 5;
    private const double StorageBytesPerSecond = 2e6;

    private static readonly AdapterSet Net = new([0], []);
    private static readonly AdapterSet Lora = new([], [0]);

    private static readonly (string Name, AdapterSet Adapters, AddOnOptions Options, int Devices, bool IsPair)[] Ways =
    [
        ("no add-ons", AdapterSet.None, new AddOnOptions(), 0, false),
        ("ControlNet on the worker", Net, new AddOnOptions(), 0, false),
        ("ControlNet on a device of its own", Net, new AddOnOptions { ControlNets = SharedControlNets.Name }, 1, false),
        ("ControlNet on a device of its own, a step late", Net, new AddOnOptions { ControlNets = SharedControlNets.Name, ControlMode = ControlMode.OneStepStale }, 1, false),
        ("LoRA before the first step", Lora, new AddOnOptions(), 0, false),
        ("LoRA beside the first steps", Lora, new AddOnOptions { Loras = BoundedAsynchronousLoras.Name, LoraBound = Bound }, 0, false),
        ("no add-ons, guidance branches on two devices", AdapterSet.None, new AddOnOptions(), 0, true),
    ];

    /// <summary>Runs and prints.</summary>
    public void Run()
    {
        set_num_threads(1);
        using var model = ServedFolder.Open(ServedFolder.Read(folder), 0);
        var scene = new SceneSource(1, SceneSplit.HeldOut)[0];
        using var templates = new TemplateStore([new EditTemplate(ScenePainter.Paint(scene), scene.Caption, 1) { ControlPicture = ScenePainter.Edges(scene) }]);
        using var parts = new Parts(folder);
        List<double>[] latency = Lists(), denoising = Lists(), waits = Lists();
        List<double> encoder = [], decoder = [], net = [], branch = [];
        for (var round = -1; round < Rounds; round++)
        {
            for (var way = 0; way < Ways.Length; way++)
            {
                var (whole, steps, waited) = Serve(model, templates, way);
                if (round >= 0)
                {
                    latency[way].Add(whole);
                    denoising[way].Add(steps);
                    waits[way].Add(waited);
                }
            }

            var times = parts.Measure();
            if (round >= 0)
            {
                encoder.Add(times.Encoder);
                decoder.Add(times.Decoder);
                net.Add(times.Net);
                branch.Add(times.Branch);
            }
        }

        Print(latency, denoising, waits, encoder, decoder, net);
        PrintBranches(denoising, [.. encoder.Zip(decoder, static (down, up) => down + up)], branch);
    }

    private static void Print(List<double>[] latency, List<double>[] denoising, List<double>[] waits, List<double> encoder, List<double> decoder, List<double> net)
    {
        Console.WriteLine("| way | latency, s | denoising, s |");
        Console.WriteLine("|---|--:|--:|");
        for (var way = 0; way < Ways.Length; way++)
        {
            Console.WriteLine(Text($"| {Ways[way].Name} | {FamiliesStudy.Median(latency[way]):0.000} | {FamiliesStudy.Median(denoising[way]):0.000} |"));
        }

        double[] ideal = [.. encoder.Select((time, round) => (time + net[round] + decoder[round]) / (Math.Max(time, net[round]) + decoder[round]))];
        double[] gain = Ratio(denoising[1], denoising[2]), late = Ratio(denoising[1], denoising[3]);
        Console.WriteLine();
        Console.WriteLine(Text($"Parts of a step, ms: way down and middle {1e3 * FamiliesStudy.Median(encoder):0.0}, way up {1e3 * FamiliesStudy.Median(decoder):0.0}, ControlNet {1e3 * FamiliesStudy.Median(net):0.0}."));
        Console.WriteLine($"Ideal speed-up of a ControlNet on a device of its own: {Spread(ideal)}; measured {Spread(gain)}; measured over ideal {Spread([.. gain.Select((value, round) => value / ideal[round])])}; a step late {Spread(late)}.");
        double none = FamiliesStudy.Median(latency[0]), before = FamiliesStudy.Median(latency[4]) - none, beside = FamiliesStudy.Median(latency[5]) - none;
        Console.WriteLine(Text($"Added by a LoRA, s, difference of the medians: before the first step {before:0.000}; beside the first steps {beside:0.000}; the second over the first {beside / before:0.00}."));
        Console.WriteLine($"Time that its steps waited for it, s: before the first step {Spread(waits[4])}; beside the first steps {Spread(waits[5])}; the second over the first {Spread(Ratio(waits[5], waits[4]))}.");
    }

    private static void PrintBranches(List<double>[] denoising, List<double> both, List<double> branch)
    {
        double[] ideal = Ratio(both, branch), gain = Ratio(denoising[0], denoising[^1]);
        Console.WriteLine(Text($"U-Net, ms: both branches {1e3 * FamiliesStudy.Median(both):0.0}, one {1e3 * FamiliesStudy.Median(branch):0.0}."));
        Console.WriteLine($"Ideal speed-up of guidance branches on two devices: {Spread(ideal)}; measured {Spread(gain)}; measured over ideal {Spread([.. gain.Select((value, round) => value / ideal[round])])}.");
    }

    private static List<double>[] Lists() => [.. Ways.Select(static _ => new List<double>())];

    private static double[] Ratio(List<double> over, List<double> under) => [.. over.Select((value, round) => value / under[round])];

    private static string Spread(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return Text($"{FamiliesStudy.Median([.. values]):0.000} ({sorted[sorted.Length / 4]:0.000} to {sorted[sorted.Length * 3 / 4]:0.000})");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private (double Latency, double Denoising, double Waited) Serve(ServedModel model, TemplateStore templates, int way)
    {
        var (_, adapters, options, devices, isPair) = Ways[way];
        using var loras = new LoraLibrary([new LoraSource(Path.Combine(folder, "style-stripes", "pytorch_lora_weights.safetensors"))], new LoraLibraryOptions { BytesPerSecond = StorageBytesPerSecond });
        var run = new RealRun
        {
            Model = model,
            Templates = templates,
            Device = new DeviceSpec { Name = "cpu", PeakFlopsPerSecond = 1e10, LinkBytesPerSecond = 1e9 },
            Workers = 1,
            BranchExchange = isPair ? TimeSpan.Zero : null,
            Steps = Steps,
            AddOns = new RealAddOns
            {
                Loras = loras,
                ControlNets = new ControlNetLibrary([new ControlNetSource(Path.Combine(folder, "controlnet-edges"))], model.Config),
                ControlNetBytes = 1 << 30,
                ControlNetDevices = devices,
            },
        };
        var setup = PolicyCatalogue.CreateSetup(new PolicyOptions { Pipeline = "strawman", MaxBatchSize = 1, AddOns = options }, run.Shape, [new NoTimes()]);
        AdapterSet warm = adapters.Loras.Count > 0 ? AdapterSet.None : adapters;
        var served = run.Serve(setup, [Request(model, 0, 0, warm), Request(model, 1, 1.5, adapters)], null, CancellationToken.None).Serving;
        var record = served.Records.Single(static record => record.Request.Id.Value == 1);
        var steps = served.Segments.Where(static segment => segment.Plan.Members[0].Id.Value == 1).Sum(static segment => (segment.End - segment.Start).TotalSeconds);
        return ((record.FinishedAt - record.ArrivedAt).TotalSeconds, steps, record.AdapterWait.TotalSeconds);
    }

    private static Request Request(ServedModel model, int id, double seconds, AdapterSet adapters) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = Instant.FromSeconds(seconds),
        Template = default,
        Mask = EditMask.FromTokens(model.Config.Grid, [.. Enumerable.Range(0, model.Config.Grid.Count)]),
        Steps = Steps,
        Prompt = "a green star",
        Seed = id,
        Adapters = adapters,
    };

    // Nothing is decided by times here.
    private sealed class NoTimes : ICostModel
    {
        public TimeSpan Encode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Decode => TimeSpan.FromMilliseconds(1);

        public TimeSpan Compute(BlockKind kind, in Work work) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Load(long bytes) => TimeSpan.FromMilliseconds(1);

        public TimeSpan StepOverhead(int members) => TimeSpan.FromMilliseconds(1);

        public TimeSpan Record(int steps) => TimeSpan.FromMilliseconds(1);
    }

    // The parts of a guided step, each by itself on one thread.
    private sealed class Parts : IDisposable
    {
        private readonly UNet2DConditionModel _unet;
        private readonly ControlNetModel _net;
        private readonly UNetInput _input;
        private readonly Tensor _picture;

        public Parts(string folder)
        {
            var (unet, net) = (Path.Combine(folder, "unet"), Path.Combine(folder, "controlnet-edges"));
            _unet = new UNet2DConditionModel(UNetConfig.Read(ConfigFile.Open(Path.Combine(unet, "config.json"))), WeightStore.Open(unet, ScalarType.Float32, CPU));
            _net = new ControlNetModel(ControlNetConfig.Read(ConfigFile.Open(Path.Combine(net, "config.json"))), WeightStore.Open(net, ScalarType.Float32, CPU));
            using var mode = inference_mode();
            _input = new UNetInput { Sample = randn(2, _unet.Config.OutChannels, LatentSide, LatentSide), Timestep = tensor(500f), Text = randn(2, 77, _unet.Config.Encoder.TextWidth) };
            using var pixels = rand(1, 3, Scene.Side, Scene.Side);
            _picture = _net.EmbedCondition(pixels);
        }

        public (double Encoder, double Decoder, double Net, double Branch) Measure()
        {
            using var mode = inference_mode();
            List<double> encoder = [], decoder = [], net = [], branch = [];
            for (var i = 0; i < Steps; i++)
            {
                using var scope = NewDisposeScope();
                var begun = Stopwatch.GetTimestamp();
                var encoded = _unet.Encode(_input);
                encoder.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                begun = Stopwatch.GetTimestamp();
                _ = _unet.Decode(encoded);
                decoder.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                begun = Stopwatch.GetTimestamp();
                _ = _net.Forward(_input, _picture.expand(2, -1, -1, -1));
                net.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                var one = _input with { Sample = _input.Sample.narrow(0, 0, 1), Text = _input.Text.narrow(0, 0, 1) };
                begun = Stopwatch.GetTimestamp();
                _ = _unet.Forward(one);
                branch.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }

            return (FamiliesStudy.Median(encoder), FamiliesStudy.Median(decoder), FamiliesStudy.Median(net), FamiliesStudy.Median(branch));
        }

        public void Dispose()
        {
            _picture.Dispose();
            _input.Sample.Dispose();
            _input.Timestep.Dispose();
            _input.Text.Dispose();
            _net.Dispose();
            _unet.Dispose();
        }
    }
}
