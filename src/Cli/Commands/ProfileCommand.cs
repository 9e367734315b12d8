using System.CommandLine;
using SimServe.Cli.Profiling;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Profiling;
using SimServe.Policies;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve profile</c>: measures what the cost model needs of a model on a device.</summary>
internal static class ProfileCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model") { Description = "a model of 'simserve list models', or the folder of a trained Flux or Stable Diffusion pipeline", DefaultValueFactory = static _ => ModelCatalogue.Names.First() };
        var device = new ServingDevice();
        var output = new Option<string>("--out") { Description = "the profile to write", Required = true };
        var minutes = Number("--minutes", "time to measure in, beside some seconds of recording", 0.5);
        var workers = Number("--workers", "workers that measure at once, as many as will serve; default: one for each core, or for each GPU", Environment.ProcessorCount);
        var batch = Number("--batch", "largest batch to measure", 4);
        var steps = Number("--steps", "denoising steps of the recorded templates", 8);
        var link = Number("--link-bytes-per-second", "bandwidth that the links of CPU workers keep to; a GPU's is measured", 250e6);
        var variant = Name("--cache-variant", "what is cached of templates", CacheFormat.VariantNames);
        var numbers = Name("--cache-numbers", "numbers that it is stored and moved in", CacheFormat.NumberNames);
        var common = new CommonOptions();
        var command = new Command("profile", "Measures a model on a device and writes its profile, which simulate and validate take.")
        {
            model, output, minutes, workers, batch, steps, link, variant, numbers, common.Format,
        };
        device.AddTo(command);
        command.SetAction(parsed =>
        {
            if (device.Find(parsed, terminal) is not { } serving)
            {
                return ExitCode.MissingDeviceOrFile;
            }

            var faults = new List<InputFault>();
            faults.CheckNumber("--minutes", parsed.GetValue(minutes), 0.01, 600);
            faults.CheckNumber("--workers", parsed.GetValue(workers), 1, 64);
            faults.CheckNumber("--batch", parsed.GetValue(batch), 1, 64);
            faults.CheckNumber("--steps", parsed.GetValue(steps), 1, 1000);
            faults.CheckNumber("--link-bytes-per-second", parsed.GetValue(link), 1e6, 1e13);
            if (serving.IsCuda && parsed.GetResult(link) is { Implicit: false })
            {
                faults.Add(new InputFault("--link-bytes-per-second", "a bandwidth", "none with --device cuda", "Leave it out: the GPU's own is measured."));
            }

            var found = ServableModel.Find("--model", parsed.GetRequiredValue(model), faults);
            if (found is null || faults.Count > 0)
            {
                throw new InvalidInputException("profile", faults);
            }

            var config = found with { Type = TorchNames.Type(serving.Type), Cache = CacheFormat.Parse(parsed.GetRequiredValue(variant), parsed.GetRequiredValue(numbers)) };
            var size = new ServingSize
            {
                Workers = serving.IsCuda && parsed.GetResult(workers) is not { Implicit: false } ? DeviceProbe.CudaDevices() : (int)parsed.GetValue(workers),
                BatchSize = (int)parsed.GetValue(batch),
                Templates = CalibrationPictures.Count,
                Steps = (int)parsed.GetValue(steps),
            };
            var profile = Measure(config, serving, size, 60 * parsed.GetValue(minutes), parsed.GetValue(link), terminal, cancellation);
            return Write(profile, config.ToShape(), parsed.GetRequiredValue(output), common.IsJson(parsed), terminal);
        });
        return command;
    }

    private static Option<double> Number(string name, string description, double value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string> Name(string name, string description, IReadOnlyList<string> names)
    {
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", names)}", DefaultValueFactory = _ => names[0] };
        option.AcceptOnlyFromAmong([.. names]);
        return option;
    }

    private static DeviceProfile Measure(
        ServedConfig config, ServingChoice serving, ServingSize size, double seconds, double link, Terminal terminal, CancellationToken cancellation)
    {
        var (device, pictures) = (TorchNames.Device(serving.Device), CalibrationPictures.Of(config));
        using var models = new ServedModels(config, RealWorld.WeightsSeed, device, size);
        using var templates = new TemplateStore(pictures);
        var real = new RealRun
        {
            Model = models.First,
            OtherModels = models.Others,
            Templates = templates,
            Device = DeviceProbe.Spec(device, config.Type, link),
            Workers = size.Workers,
            Steps = size.Steps,
        };
        return new DeviceCalibration(real, pictures[0], size.BatchSize).Measure(seconds, new ConsoleProgress(terminal.Error), cancellation) with
        {
            Date = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
        };
    }

    private static int Write(DeviceProfile profile, ModelShape shape, string output, bool json, Terminal terminal)
    {
        var costs = new FittedCostModel(profile, shape);
        var path = Path.GetFullPath(output);
        new RunFolder(Path.GetDirectoryName(path)!).WriteJson(Path.GetFileName(path), ProfileFile.Of(profile, costs));
        if (json)
        {
            terminal.Say(File.ReadAllText(path).TrimEnd());
        }
        else
        {
            ProfileTable.Print(terminal, profile, costs);
            terminal.Say($"written     {output}");
        }

        return ExitCode.Done;
    }
}
