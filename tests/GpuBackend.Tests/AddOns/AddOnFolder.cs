using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Devices;
using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Costs;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests.AddOns;

/// <summary>A model's folder with add-ons: served by the loop, and run by its pipeline on the very noise that requests draw.</summary>
internal sealed class AddOnFolder : IDisposable
{
    public const int Steps = 4;

    private readonly string _folder;
    private readonly IReadOnlyList<LoraSource> _loras;
    private readonly IReadOnlyList<ControlNetSource> _controlNets;
    private readonly TemplateStore _templates;
    private readonly ServedModel _model;

    public AddOnFolder(string folder, IReadOnlyList<LoraSource> loras, IReadOnlyList<ControlNetSource> controlNets, Device? device = null)
    {
        (_folder, _loras, _controlNets) = (folder, loras, controlNets);
        _model = ServedFolder.Open(ServedFolder.Read(folder), 0, device);
        var grid = _model.Config.Grid;
        Template = new EditTemplate(Small.Noise(grid.Width, grid.Height, 1), "a red circle", 1) { ControlPicture = Small.Noise(grid.Width, grid.Height, 2) };
        _templates = new TemplateStore([Template]);
    }

    public EditTemplate Template { get; }

    /// <summary>Everything is edited, so that the template does not matter.</summary>
    public EditMask Everything => EditMask.FromTokens(_model.Config.Grid, [.. Enumerable.Range(0, _model.Config.Grid.Count)]);

    public Request Request(int id, AdapterSet adapters, double seconds = 0) => new()
    {
        Id = new RequestId(id),
        ArrivesAt = Instant.FromSeconds(seconds),
        Template = default,
        Mask = Everything,
        Steps = Steps,
        Prompt = "a blue square",
        Seed = 7 + id,
        Adapters = adapters,
    };

    /// <summary>The LoRAs, for runs whose use of them is looked at.</summary>
    public LoraLibrary Library(LoraLibraryOptions options) => new(_loras, options);

    public RealRunResult Serve(AddOnOptions options, IReadOnlyList<Request> requests, int devices = 0, int batch = 4, int workers = 1, IReadOnlyList<Fault>? faults = null, double? loraBytesPerSecond = null, bool keeps = true, BranchPair? pair = null)
    {
        using var library = Library(new LoraLibraryOptions { BytesPerSecond = loraBytesPerSecond });
        return Serve(library, new PolicyOptions { AddOns = options, MaxBatchSize = batch, Pipeline = "strawman" }, requests, devices, workers, faults, keeps, pair: pair);
    }

    public RealRunResult Serve(
        LoraLibrary library, PolicyOptions policies, IReadOnlyList<Request> requests, int devices = 0, int workers = 1, IReadOnlyList<Fault>? faults = null, bool keeps = true, double? controlNetBytesPerSecond = null, BranchPair? pair = null)
    {
        var run = new RealRun
        {
            Model = _model,
            Templates = _templates,
            Device = new DeviceSpec { Name = "cpu", LinkBytesPerSecond = 1e9, PeakFlopsPerSecond = 1e10 },
            OtherModels = pair?.Other is { } other ? [other] : [],
            Workers = workers,
            BranchExchange = pair?.Exchange,
            Rows = pair?.Rows,
            Steps = Steps,
            Faults = faults ?? [],
            AddOns = new RealAddOns
            {
                Loras = library,
                ControlNets = new ControlNetLibrary(_controlNets, _model.Config) { BytesPerSecond = controlNetBytesPerSecond },
                LoraBytes = keeps ? 1 << 20 : 0,
                ControlNetBytes = keeps ? 1 << 24 : 0,
                ControlNetDevices = devices,
            },
        };
        var setup = PolicyCatalogue.CreateSetup(policies, run.Shape, [.. Enumerable.Repeat<ICostModel>(new AnyCosts(), workers)]);
        return run.Serve(setup, requests, null, CancellationToken.None);
    }

    /// <summary>What the pipeline makes of a request; what it makes is held to diffusers' by the golden cases.</summary>
    public RgbImage Pipeline(Request request)
    {
        using var mode = inference_mode();
        using var pipeline = PipelineFactory.Open(_folder, new PipelineOptions { ControlNets = [.. _controlNets.Take(request.Adapters.ControlNets.DefaultIfEmpty(-1).Max() + 1).Skip(OwnControlNets).Select(static net => net.Folder)], Scheduler = (_model.Config as GpuBackend.Models.UNets.StableDiffusionConfig)?.Scheduler });
        using var library = new LoraLibrary(_loras);
        using var adapters = library.Load(pipeline.Adapters, request.Adapters.Loras);
        pipeline.Adapters.Use(adapters);
        var noise = new RequestNoise(request.Seed, _model.Config.Grid);
        using var made = pipeline.Run(
            new ImageRequest
            {
                Prompts = [request.Prompt],
                Width = _model.Config.Grid.Width,
                Height = _model.Config.Grid.Height,
                Steps = request.Steps,
                Guidance = pipeline.Defaults.Guidance,
                Noise = noise,
                Controls = [.. request.Adapters.ControlNets.Select(net => new ControlInput { Image = Template.ControlPicture!, Net = net, Scale = _controlNets[net].Scale })],
            },
            null,
            CancellationToken.None);
        return made.Images[0];
    }

    public void Dispose()
    {
        _templates.Dispose();
        _model.Dispose();
    }

    // Of the folder's own pipeline.
    private int OwnControlNets => File.ReadAllText(Path.Combine(_folder, "model_index.json")).Contains("\"controlnet\"", StringComparison.Ordinal) ? 1 : 0;

    private sealed class RequestNoise(long seed, TokenGrid grid) : INoiseSource
    {
        public Tensor Draw(NoiseUse use, long[] shape)
        {
            if (use != NoiseUse.InitialLatents)
            {
                return zeros(shape);
            }

            // A token of Flux is a square of latents.
            var isPacked = shape[2] > grid.Rows;
            var channels = shape[1] * (isPacked ? FluxPacking.Side * FluxPacking.Side : 1);
            var drawn = tensor(InitialNoise.Draw(seed, [.. Enumerable.Range(0, grid.Count)], (int)channels), [1, grid.Count, channels]);
            return isPacked ? FluxPacking.Unpack(drawn, grid.Rows, grid.Columns) : drawn.view(grid.Rows, grid.Columns, channels).permute(2, 0, 1).unsqueeze(0).contiguous();
        }
    }
}
