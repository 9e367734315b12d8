using System.CommandLine;
using System.CommandLine.Invocation;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training;
using SimServe.Simulator.Scenarios;
using SimServe.Slimming;

namespace SimServe.Cli.Commands;

/// <summary>The <c>simserve</c> command: parses the line, runs the verb, and turns faults into messages and exit codes.</summary>
internal static class SimServeCommand
{
    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootCommand("Simulates serving policies for diffusion models and runs the same policies on real devices.")
        {
            ValidateCommand.Create(terminal, cancellation),
            ProfileCommand.Create(terminal, cancellation),
            SimulateCommand.Create(terminal, cancellation),
            RunCommand.Create(terminal, cancellation),
            CompareCommand.Create(terminal, cancellation),
            PlanCommand.Create(terminal, cancellation),
            SweepCommand.Create(terminal, cancellation),
            GenerateCommand.Create(terminal, cancellation),
            EditCommand.Create(terminal, cancellation),
            FrontierCommand.Create(terminal, cancellation),
            LoraBoundCommand.Create(terminal, cancellation),
            SlimCommand.Create(terminal, cancellation),
            TrainCommand.Create(terminal, cancellation),
            TraceCommand.Create(terminal),
            ReproduceCommand.Create(terminal, cancellation),
            ListCommand.Create(terminal),
            DoctorCommand.Create(terminal),
        };
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction complaint)
        {
            // It writes every fault and, for a misspelt verb or option, the nearest ones.
            complaint.ShowHelp = false;
            var writer = terminal.Error.Profile.Out.Writer;
            parsed.Invoke(new InvocationConfiguration { Output = writer, Error = writer });
            terminal.Complain("Run 'simserve --help' to see what there is.");
            return ExitCode.InvalidInput;
        }

        return Guard(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }), terminal);
    }

    private static int Guard(Func<int> verb, Terminal terminal)
    {
        try
        {
            return verb();
        }
        catch (Exception fault) when (fault is InvalidInputException or InvalidRequestException or ModelFileException or InvalidDataException or TrainingException or SlimmingException)
        {
            terminal.Complain(fault.Message);
            return ExitCode.InvalidInput;
        }
        catch (NotSupportedException fault)
        {
            // A trace's image of a size that a profile knows nothing of comes to light in the run.
            terminal.Complain(fault.Message);
            return ExitCode.InvalidInput;
        }
        catch (Exception fault) when (fault is LibTorchNotFoundException or DeviceFailedException or NotEnoughMemoryException or IOException or UnauthorizedAccessException)
        {
            terminal.Complain(fault.Message);
            return ExitCode.MissingDeviceOrFile;
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            terminal.Complain($"A native library is missing, which this copy of SimServe may have been packed without: {(fault.InnerException ?? fault).Message.Split('\n')[0]}");
            return ExitCode.MissingDeviceOrFile;
        }
        catch (OperationCanceledException)
        {
            terminal.Complain("Cancelled.");
            return ExitCode.Cancelled;
        }
    }
}
