using System.CommandLine;
using SimServe.Cli.Profiling;
using SimServe.Cli.Terminals;
using SimServe.Cli.Validation;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Native;
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
        var model = new Option<string>("--model") { Description = "a model of 'simserve list models'", DefaultValueFactory = static _ => ModelCatalogue.Names.First() };
        model.AcceptOnlyFromAmong([.. ModelCatalogue.Names]);
        var device = new ServingDevice();
        var output = new Option<string>("--out") { Description = "the profile to write", Required = true };
        var minutes = Number("--minutes", "time to measure in, beside some seconds of recording", 0.5);
        var workers = Number("--workers", "workers that measure at once, as many as will serve", Environment.ProcessorCount);
        var batch = Number("--batch", "largest batch to measure", 4);
        var steps = Number("--steps", "denoising steps of the recorded templates", 8);
        var link = Number("--link-bytes-per-second", "bandwidth of the workers' links", 250e6);
        var common = new CommonOptions();
        var command = new Command("profile", "Measures a model on a device and writes its profile, which simulate and validate take.")
        {
            model, device.Option, output, minutes, workers, batch, steps, link, common.Format,
        };
        command.SetAction(parsed =>
        {
            if (!device.IsThere(parsed, terminal))
            {
                return ExitCode.MissingDeviceOrFile;
            }

            var faults = new List<InputFault>();
            faults.CheckNumber("--minutes", parsed.GetValue(minutes), 0.01, 600);
            faults.CheckNumber("--workers", parsed.GetValue(workers), 1, 64);
            faults.CheckNumber("--batch", parsed.GetValue(batch), 1, 64);
            faults.CheckNumber("--steps", parsed.GetValue(steps), 1, 1000);
            faults.CheckNumber("--link-bytes-per-second", parsed.GetValue(link), 1e6, 1e13);
            if (faults.Count > 0)
            {
                throw new InvalidInputException("profile", faults);
            }

            var profile = Measure(
                ModelCatalogue.Find(parsed.GetRequiredValue(model)), 60 * parsed.GetValue(minutes), (int)parsed.GetValue(workers), (int)parsed.GetValue(batch), (int)parsed.GetValue(steps), parsed.GetValue(link), terminal, cancellation);
            return Write(profile, ModelCatalogue.Find(profile.Model).ToShape(), parsed.GetRequiredValue(output), common.IsJson(parsed), terminal);
        });
        return command;
    }

    private static Option<double> Number(string name, string description, double value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static DeviceProfile Measure(
        FluxConfig config, double seconds, int workers, int batch, int steps, double link, Terminal terminal, CancellationToken cancellation)
    {
        LibTorch.Load();
        var pictures = CalibrationPictures.Of(config.Grid);
        using var model = new FluxModel(config, RealWorld.WeightsSeed);
        using var templates = new TemplateStore(pictures);
        var real = new RealRun
        {
            Model = model,
            Templates = templates,
            Device = CpuProbe.Spec(link),
            Workers = workers,
            Steps = steps,
        };
        return new DeviceCalibration(real, pictures[0], batch).Measure(seconds, new ConsoleProgress(terminal.Error), cancellation) with
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
