using System.Text.Json;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Native;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Training.Quality;
using SimServe.GpuBackend.Training.Scenes;
using Spectre.Console;
using static TorchSharp.torch;

namespace SimServe.Cli.Training;

/// <summary>Trains the parts of a recipe, writes the model, and measures it.</summary>
internal sealed class TrainJob(Terminal terminal, CancellationToken cancellation)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public int Run(TrainRequest request)
    {
        if (request.Out is null && !request.Check)
        {
            throw new InvalidRequestException("train needs --out, the folder that scenes, checkpoints and the finished model go to.");
        }

        var recipe = TrainingRecipe.Open(request.Recipe ?? Path.Combine(AppContext.BaseDirectory, "recipes", request.Check ? "check" : "demo"));
        LibTorch.Load();
        // Threads only wait for one another on tensors as small as those of a check.
        set_num_threads(request.Threads ?? (request.Check ? 1 : Environment.ProcessorCount));
        if (request.Out is { } kept)
        {
            return Run(request, recipe, new TrainingFolder(kept));
        }

        var temporary = Directory.CreateTempSubdirectory("simserve-train-").FullName;
        try
        {
            return Run(request, recipe, new TrainingFolder(temporary));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private int Run(TrainRequest request, TrainingRecipe recipe, TrainingFolder folder)
    {
        if (request.Use is { } models)
        {
            folder.Take(models);
        }

        using var training = new DemoTraining(recipe, folder, TorchNames.Device(request.Device), new TrainingProgress(terminal, folder), request.Start);
        foreach (var part in training.Parts.Where(part => request.Parts.Count == 0 || request.Parts.Contains(part)))
        {
            training.Train(part, cancellation);
        }

        if (request.Parts.Count == 0)
        {
            Measure(recipe, training, folder, request.Check ? DemoMeasurement.Brief : DemoMeasurement.Full);
        }

        foreach (var missed in training.Missed)
        {
            terminal.Complain($"Goal missed: {missed}.");
        }

        return training.Missed.Count == 0 ? ExitCode.Done : ExitCode.GoalNotMet;
    }

    private void Measure(TrainingRecipe recipe, DemoTraining training, TrainingFolder folder, MeasurementSize size)
    {
        using var judge = training.OpenJudge();
        foreach (var model in new DemoExport(folder).Write(Path.Combine(folder.Path, "models")))
        {
            var seed = recipe.Plan.Seed;
            var (quality, edits) = Told(report => new DemoMeasurement(model, judge, seed, size).Run(report, cancellation));
            if (Path.GetFileName(model) == DemoExport.Flux)
            {
                var (reuse, sheet) = Told(report => new ReuseMeasurement(model, judge, seed, size.Edits, quality.Steps).Run(report, cancellation));
                quality = quality with { Reuse = reuse };
                PngFile.Write(Path.Combine(model, "reuse.png"), sheet);
            }

            if (Told(report => new AddOnMeasurement(model, judge, seed, size.AddOns).Run(report, cancellation)) is { } addOns)
            {
                quality = quality with { AddOns = addOns.Score };
                PngFile.Write(Path.Combine(model, "addons.png"), addOns.Sheet);
                PngFile.Write(Path.Combine(model, "edges.png"), ScenePainter.Edges(ModelCard.Example));
            }

            PngFile.Write(Path.Combine(model, "edits.png"), EditSheet.Of([.. edits.Select(static edit => edit.Edit)], [.. edits.Select(static edit => edit.Result)]));
            PngFile.Write(Path.Combine(model, "scene.png"), ScenePainter.Paint(edits[0].Edit.Scene));
            PngFile.Write(Path.Combine(model, "hole.png"), EditSheet.MaskPicture(edits[0].Edit.Mask));
            WholeFile.Write(Path.Combine(model, "quality.json"), JsonSerializer.Serialize(quality, Indented) + "\n");
            WholeFile.Write(Path.Combine(model, "README.md"), ModelCard.Of(Path.GetFileName(model), quality, recipe.Plan));
            terminal.Output.MarkupLineInterpolated($"{model}: {quality.HeldOut.Right:P1} of pictures of held-out captions right, {quality.Edits.Inside:P1} of edits; README.md has the rest");
        }
    }

    private T Told<T>(Func<Action<string, double>, T> measure) =>
        new ConsoleProgress(terminal.Error).ShowInWords("measuring", report => measure((what, share) => report(share, what)));
}
