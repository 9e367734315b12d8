using System.CommandLine;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Schedulers;

namespace SimServe.Cli.Imaging;

/// <summary>The options that <c>generate</c> and <c>edit</c> share.</summary>
internal sealed class ImageOptions
{
    private readonly Option<string> _model = new("--model") { Description = "the model's folder in diffusers layout (model_index.json)", Required = true };
    private readonly Option<string[]> _prompt = new("--prompt") { Description = "what the image shows; repeated for several images", Required = true };
    private readonly Option<string[]> _secondPrompt = new("--prompt-2") { Description = "prompt for the second text encoder; default: the same" };
    private readonly Option<string?> _negative = new("--negative-prompt") { Description = "what the image should not show" };
    private readonly Option<string?> _secondNegative = new("--negative-prompt-2") { Description = "the same for the second text encoder" };
    private readonly Option<string> _out = new("--out") { Description = "the PNG to write; several images get -0, -1, ... before the ending", Required = true };
    private readonly Option<int?> _steps = new("--steps") { Description = "denoising steps; default: the model's" };
    private readonly Option<double?> _guidance = new("--guidance") { Description = "guidance scale; default: the model's" };
    private readonly Option<double> _trueGuidance = new("--true-guidance") { Description = "Flux: classifier-free guidance with the negative prompt", DefaultValueFactory = static _ => 1 };
    private readonly Option<long> _seed = new("--seed") { Description = "seed of the first image; the next ones have the following seeds" };
    private readonly Option<int> _count = new("--count") { Description = "images for each prompt", DefaultValueFactory = static _ => 1 };
    private readonly Option<string?> _scheduler = new("--scheduler");
    private readonly Option<double> _eta = new("--eta") { Description = "ddim: fresh noise in each step, 0 to 1" };
    private readonly Option<int> _clipSkip = new("--clip-skip") { Description = "layers of the text encoder to leave out" };
    private readonly Option<int> _maxSequence = new("--max-sequence-length") { Description = "Flux: T5 tokens", DefaultValueFactory = static _ => 512 };
    private readonly Option<string?> _originalSize = new("--original-size") { Description = "SDXL: HEIGHT,WIDTH that the model is told its picture was cut from; default: the image's" };
    private readonly Option<string?> _crop = new("--crop-top-left") { Description = "SDXL: TOP,LEFT where it was cut; default 0,0" };
    private readonly Option<string?> _targetSize = new("--target-size") { Description = "SDXL: HEIGHT,WIDTH that the model is told to draw; default: the image's" };
    private readonly Option<string?> _latents = new("--latents") { Description = "FILE:TENSOR, noise to start from in place of the seed's (safetensors)" };
    private readonly Option<string[]> _controlNets = new("--controlnet") { Description = "a ControlNet's folder; repeated for several" };
    private readonly Option<string[]> _controlImages = new("--control-image") { Description = "its picture, in the same order" };
    private readonly Option<double[]> _controlScales = new("--control-scale") { Description = "its strength, in the same order; default 1" };
    private readonly Option<double[]> _controlStarts = new("--control-start") { Description = "share of the steps before it sets in; default 0" };
    private readonly Option<double[]> _controlEnds = new("--control-end") { Description = "share of the steps after which it ends; default 1" };
    private readonly Option<string[]> _loras = new("--lora") { Description = "FILE or FILE:SCALE, a LoRA; repeated for several, whose changes add up" };
    private readonly Option<string> _device = new("--device") { Description = "where models run", DefaultValueFactory = static _ => "cpu" };
    private readonly Option<string?> _type = new("--dtype") { Description = "numbers that models compute in; default: float32 on cpu, bfloat16 on cuda" };
    private readonly Option<string> _optimise = new("--optimise")
    {
        Description = $"how UNets and ControlNets compute their layers, with the same images but for rounding: {OptimiseArgument.Allowed}",
        DefaultValueFactory = static _ => "all",
    };

    private readonly Option<string> _format = new("--format") { Description = "table or json", DefaultValueFactory = static _ => "table" };

    public ImageOptions()
    {
        _scheduler.Description = $"{string.Join(", ", SamplerNames.All.Select(static sampler => sampler.Name))}, or a scheduler_config.json; default: the model's";
        _device.AcceptOnlyFromAmong([.. TorchNames.DeviceNames]);
        _type.AcceptOnlyFromAmong([.. TorchNames.TypeNames]);
        _format.AcceptOnlyFromAmong("table", "json");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
        {
            _model, _prompt, _secondPrompt, _negative, _secondNegative, _out, _steps, _guidance, _trueGuidance, _seed, _count, _scheduler, _eta, _clipSkip,
            _maxSequence, _originalSize, _crop, _targetSize, _latents, _controlNets, _controlImages, _controlScales, _controlStarts, _controlEnds, _loras, _device, _type, _optimise, _format,
        })
        {
            command.Add(option);
        }
    }

    public ImageSettings Read(ParseResult parsed) => new()
    {
        Model = parsed.GetRequiredValue(_model),
        Prompts = parsed.GetRequiredValue(_prompt),
        SecondPrompts = parsed.GetValue(_secondPrompt) ?? [],
        NegativePrompt = parsed.GetValue(_negative),
        SecondNegativePrompt = parsed.GetValue(_secondNegative),
        Out = parsed.GetRequiredValue(_out),
        Steps = parsed.GetValue(_steps),
        Guidance = parsed.GetValue(_guidance),
        TrueGuidance = parsed.GetValue(_trueGuidance),
        Seed = parsed.GetValue(_seed),
        Count = parsed.GetValue(_count),
        Scheduler = parsed.GetValue(_scheduler),
        Eta = parsed.GetValue(_eta),
        ClipSkip = parsed.GetValue(_clipSkip),
        MaxSequenceLength = parsed.GetValue(_maxSequence),
        OriginalSize = NumberPair.Parse(_originalSize.Name, parsed.GetValue(_originalSize)),
        CropTopLeft = NumberPair.Parse(_crop.Name, parsed.GetValue(_crop)),
        TargetSize = NumberPair.Parse(_targetSize.Name, parsed.GetValue(_targetSize)),
        Latents = parsed.GetValue(_latents),
        ControlNets = parsed.GetValue(_controlNets) ?? [],
        ControlImages = parsed.GetValue(_controlImages) ?? [],
        ControlScales = parsed.GetValue(_controlScales) ?? [],
        ControlStarts = parsed.GetValue(_controlStarts) ?? [],
        ControlEnds = parsed.GetValue(_controlEnds) ?? [],
        Loras = parsed.GetValue(_loras) ?? [],
        Device = parsed.GetRequiredValue(_device),
        Type = parsed.GetValue(_type) ?? (parsed.GetRequiredValue(_device) == "cpu" ? "float32" : "bfloat16"),
        Optimisations = OptimiseArgument.Parse(_optimise.Name, parsed.GetRequiredValue(_optimise)),
        Json = parsed.GetRequiredValue(_format) == "json",
    };
}
