using SimServe.Cli.Validation;
using Spectre.Console;

namespace SimServe.Cli.Terminals;

/// <summary>A progress bar per phase on the terminal's error side.</summary>
internal sealed class ConsoleProgress(IAnsiConsole console) : IValidationProgress
{
    public T Show<T>(string phase, Func<Action<double>, T> run) => console.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            new ElapsedTimeColumn())
        .Start(context =>
        {
            var task = context.AddTask(phase, maxValue: 1);
            var result = run(share => task.Value = share);
            task.Value = 1;
            return result;
        });
}
