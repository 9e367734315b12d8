using System.CommandLine;
using SimServe.Cli.AddOns;
using SimServe.Cli.Imaging;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve lora-bound</c>: how many steps a model may take before a LoRA is there.</summary>
internal static class LoraBoundCommand
{
    private const int MostPrompts = 1000;
    private const double Least = 1e-6;

    private static readonly string[] Pictures = [".png", ".svg"];

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model") { Description = "the model's folder in diffusers layout, one that can be served", Required = true };
        var loras = new Option<string[]>("--lora") { Description = "FILE or FILE:SCALE, a LoRA; repeated for several that are used together", Required = true };
        var output = new Option<string>("--out") { Description = "the JSON file to write", Required = true };
        var plot = new Option<string?>("--plot") { Description = "a picture of the curves to write, .png or .svg" };
        var prompt = new Option<string[]>("--prompt") { Description = "what images show; repeated for several. Default: captions of painted scenes, which only the demo models understand" };
        var prompts = new Option<int?>("--prompts") { Description = "how many captions of painted scenes, in place of --prompt; default 8" };
        var (steps, seeds) = (Whole("--steps", "denoising steps", 20), Whole("--seeds", "images of each prompt", 4));
        var (seed, batch) = (Whole("--seed", "seed of each prompt's first image", 1), Whole("--batch", "images that are made at once", 4));
        var threshold = new Option<double>("--threshold") { Description = "cosine similarity that latents must keep", DefaultValueFactory = static _ => 0.99 };
        var ssim = new Option<double>("--min-ssim") { Description = "structural similarity that images must have", DefaultValueFactory = static _ => 0.95 };
        var device = new Option<string>("--device") { Description = "where models run", DefaultValueFactory = static _ => "cpu" };
        var type = new Option<string?>("--dtype") { Description = "numbers that models compute in; default: float32 on cpu, bfloat16 on cuda" };
        device.AcceptOnlyFromAmong([.. TorchNames.DeviceNames]);
        type.AcceptOnlyFromAmong([.. TorchNames.TypeNames]);
        var common = new CommonOptions();
        var command = new Command("lora-bound", "Measures how many steps a model may take before a LoRA is loaded, for bounded asynchronous loading.")
        {
            model, loras, output, plot, prompt, prompts, steps, seeds, seed, batch, threshold, ssim, device, type, common.Format,
        };
        command.SetAction(parsed =>
        {
            var faults = new List<InputFault>();
            foreach (var (option, most) in new[] { (steps, 1000), (seeds, 1000), (batch, 64) })
            {
                faults.CheckWhole(option.Name, parsed.GetValue(option), 1, most);
            }

            faults.CheckWhole(seed.Name, parsed.GetValue(seed), 0, int.MaxValue);
            faults.CheckNumber(threshold.Name, parsed.GetValue(threshold), Least, 1);
            faults.CheckNumber(ssim.Name, parsed.GetValue(ssim), Least, 1);
            var (texts, count) = (parsed.GetValue(prompt) ?? [], parsed.GetValue(prompts));
            faults.CheckWhole(prompts.Name, count ?? 1, 1, MostPrompts);
            if (texts.Length > 0 && count is not null)
            {
                faults.Add(new InputFault(prompts.Name, $"{count}, beside {texts.Length} --prompt", "one or the other", "Leave --prompts out: every --prompt counts."));
            }

            CheckFile(faults, output.Name, parsed.GetRequiredValue(output), ".json");
            CheckFile(faults, plot.Name, parsed.GetValue(plot), Pictures);
            faults.ThrowIfAny("lora-bound");
            var options = new LoraBoundOptions
            {
                Steps = parsed.GetValue(steps),
                Prompts = texts.Length > 0 ? texts : LoraBoundOptions.PaintedPrompts(count ?? 8),
                Seeds = parsed.GetValue(seeds),
                FirstSeed = parsed.GetValue(seed),
                BatchSize = parsed.GetValue(batch),
                Threshold = parsed.GetValue(threshold),
                MinSsim = parsed.GetValue(ssim),
            };
            LoraSource[] sources = [.. parsed.GetRequiredValue(loras).Select(static lora => LoraArguments.Parse(lora)).Select(static lora => new LoraSource(lora.File, lora.Scale))];
            var where = (parsed.GetRequiredValue(device), parsed.GetValue(type));
            return new LoraBoundJob(parsed.GetRequiredValue(model), sources, options, where, terminal, cancellation)
                .Run(parsed.GetRequiredValue(output), parsed.GetValue(plot), common.IsJson(parsed));
        });
        return command;
    }

    private static Option<int> Whole(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static void CheckFile(List<InputFault> faults, string option, string? path, params string[] endings)
    {
        if (path is not null && (!endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) || Directory.Exists(path)))
        {
            faults.Add(new InputFault(option, $"\"{path}\"", $"the name of a {string.Join(" or ", endings)} file", "Write one."));
        }
    }
}
