using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Training;
using SimServe.Policies;
using Spectre.Console;

namespace SimServe.Cli.Training;

/// <summary>A line for each checkpoint, and its picture in the part's folder.</summary>
internal sealed class TrainingProgress(Terminal terminal, TrainingFolder folder) : ITrainingObserver
{
    private readonly WallClock _clock = new();
    private int _first;
    private int _steps;

    public void Begun(TrainingTask task, int step, int steps)
    {
        (_first, _steps) = (step, steps);
        _clock.Restart();
        terminal.Output.MarkupLineInterpolated($"{task.Name}: {task.Learned.Count / 1e6:0.00} M weights, {steps} steps{(step > 0 ? $", going on after step {step}" : "")}");
    }

    public void Checkpointed(TrainingTask task, TrainingPoint point, RgbImage? picture)
    {
        var each = (_clock.Now - Instant.Start) / Math.Max(1, point.Step - _first);
        var left = each * (_steps - point.Step);
        terminal.Output.MarkupLineInterpolated(
            $"{task.Name}: step {point.Step} of {_steps}, loss {point.Loss:0.0000}, {task.Measure} {point.Validation:0.000}, {each.TotalMilliseconds:0} ms a step, {left.TotalMinutes:0.0} minutes left");
        if (picture is not null)
        {
            PngFile.Write(Path.Combine(folder.Of(task.Name), $"step-{point.Step:000000}.png"), picture);
        }
    }
}
