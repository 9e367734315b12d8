using SimServe.Cli.Terminals;
using SimServe.GpuBackend.AddOns;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Native;
using SimServe.Policies.AddOns;
using SimServe.Simulator.AddOns;
using SimServe.Simulator.Reports;

namespace SimServe.Cli.AddOns;

/// <summary>Measures the bound of a LoRA, and writes and prints it.</summary>
/// <param name="model">The model's folder.</param>
/// <param name="loras">The LoRAs.</param>
/// <param name="options">How it is measured.</param>
/// <param name="where">The device's name, and that of the numbers that models compute in or <c>null</c>.</param>
/// <param name="terminal">Where it is printed.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class LoraBoundJob(string model, LoraSource[] loras, LoraBoundOptions options, (string Device, string? Type) where, Terminal terminal, CancellationToken cancellation)
{
    public int Run(string output, string? plot, bool json)
    {
        LibTorch.Load();
        var placed = options with
        {
            Device = TorchNames.Device(where.Device),
            Type = TorchNames.Type(where.Type ?? (where.Device == "cpu" ? "float32" : "bfloat16")),
        };
        var bound = new ConsoleProgress(terminal.Error).Show("measuring", report => new LoraBoundMeasurement(model, loras, placed).Run(report, cancellation));
        LoraBoundFile.Write(output, bound);
        if (plot is not null)
        {
            Draw(plot, bound);
        }

        if (json)
        {
            terminal.Say(LoraBoundFile.Text(bound).TrimEnd());
        }
        else
        {
            LoraBoundTables.Print(terminal, bound);
            Array.ForEach([output, .. plot is null ? [] : new[] { plot }], terminal.Say);
        }

        return ExitCode.Done;
    }

    private static void Draw(string plot, LoraBound bound)
    {
        using var picture = LoraBoundPlot.Of(bound);
        var full = Path.GetFullPath(plot);
        new RunFolder(Path.GetDirectoryName(full)!).Write(
            Path.GetFileName(full), Path.GetExtension(full).Equals(".svg", StringComparison.OrdinalIgnoreCase) ? picture.SaveSvg : picture.SavePng);
    }
}
