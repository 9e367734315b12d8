using SimServe.Cli.Terminals;
using SimServe.Cli.Training;
using SimServe.GpuBackend.Training;
using SimServe.Simulator.Scenarios;
using SimServe.Slimming.Backbones;
using SimServe.Slimming.Plans;
using SimServe.Slimming.Selection;

namespace SimServe.Cli.Slim;

/// <summary>Analyses a denoiser, plans its widths, cuts it, teaches it again and writes it.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="terminal">Where results and progress go.</param>
/// <param name="cancellation">Ends it; what was learned stays in the folder of checkpoints.</param>
internal sealed class SlimJob(SlimRequest request, Terminal terminal, CancellationToken cancellation)
{
    private const string PlanName = "slim-plan.json";

    public int Run()
    {
        using var backbone = SlimmableBackbone.Open(request.Model);
        var recovery = RecoveryOf(backbone);
        var plan = PlanOf(backbone);
        SlimTables.Print(terminal, plan, request.AsJson);
        if (request.Output is not { } output)
        {
            return ExitCode.Done;
        }

        var kept = backbone.Kept(plan.Widths(), SelectionCatalogue.Create(plan.Selection, plan.Seed));
        if (recovery == SlimRequest.NoRecovery)
        {
            backbone.Write(kept, request.Model, output, null, folder => plan.Write(Path.Combine(folder, PlanName)));
            terminal.Say($"written     {Path.GetFullPath(output)}{Path.DirectorySeparatorChar}, which has learned nothing since it was cut");
            return ExitCode.Done;
        }

        Recover(backbone, plan, kept, output, recovery == SlimRequest.Distillation);
        return ExitCode.Done;
    }

    private string RecoveryOf(SlimmableBackbone backbone)
    {
        if (request.Recovery is { } asked and not SlimRequest.NoRecovery && !backbone.CanRecover)
        {
            throw new InvalidInputException("slim", [new InputFault("--recover", asked, "none for this pipeline", "Recovery knows pipelines with a U-Net and one text encoder. Train the slim folder elsewhere, with --recover none.")]);
        }

        return request.Recovery ?? (backbone.CanRecover ? SlimRequest.Distillation : SlimRequest.NoRecovery);
    }

    private SlimPlan PlanOf(SlimmableBackbone backbone)
    {
        if (request.Plan is { } path)
        {
            return SlimPlan.Read(path, backbone);
        }

        request.Budget.ThrowIfImpossible(backbone);
        var spectra = new ConsoleProgress(terminal.Error).Show("analysing the layers", report => backbone.Spectra(report, cancellation));
        return SlimPlan.Of(backbone, spectra, request.Budget, new PlanOrigin { ModelName = backbone.Name, ModelIdentity = backbone.Identity(), Selection = request.Selection, Seed = request.Seed });
    }

    private void Recover(SlimmableBackbone backbone, SlimPlan plan, IReadOnlyList<int[]> kept, string output, bool distils)
    {
        var work = request.Work ?? Path.TrimEndingDirectorySeparator(output) + ".work";
        var (cut, options) = (Path.Combine(work, "cut"), new RecoveryOptions
        {
            Distils = distils,
            Scenes = request.Scenes,
            Seed = request.Seed,
            Settings = new TrainingSettings { Steps = request.Steps, Batch = request.Batch, LearningRate = request.LearningRate, WarmUp = Math.Min(50, request.Steps / 10), AverageDecay = 0.99, CheckpointEvery = 100 },
        });
        backbone.WriteDenoiser(kept, cut);
        using (var recovery = new UNetRecovery(request.Model, cut, work, options))
        {
            var result = recovery.Run(new TrainingProgress(terminal, new TrainingFolder(work)), cancellation);
            backbone.Write(kept, request.Model, output, recovery.Weights(), folder => plan.Write(Path.Combine(folder, PlanName)));
            SlimTables.Print(terminal, result);
        }

        if (request.Work is null)
        {
            Clear(work, cut);
        }

        terminal.Say($"written     {Path.GetFullPath(output)}{Path.DirectorySeparatorChar}");
    }

    // Only what could be made again, and what the output holds now. A folder of that name may have held something else before.
    private static void Clear(string work, string cut)
    {
        Directory.Delete(cut, recursive: true);
        UNetRecovery.Clear(work);
        if (!Directory.EnumerateFileSystemEntries(work).Any())
        {
            Directory.Delete(work);
        }
    }
}
