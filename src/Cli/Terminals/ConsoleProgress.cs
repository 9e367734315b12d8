using SimServe.Cli.Validation;
using Spectre.Console;

namespace SimServe.Cli.Terminals;

/// <summary>A progress bar per phase on the terminal's error side.</summary>
internal sealed class ConsoleProgress(IAnsiConsole console) : IValidationProgress
{
    public T Show<T>(string phase, Func<Action<double>, T> run) => ShowInWords(phase, report => run(share => report(share, null)));

    // Share done, from 0 to 1, and what that is in words.
    public T ShowInWords<T>(string phase, Func<Action<double, string?>, T> run) => console.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            new ElapsedTimeColumn())
        .Start(context =>
        {
            var task = context.AddTask(phase, maxValue: 1);
            var result = run((share, words) =>
            {
                task.Value = share;
                if (words is not null)
                {
                    task.Description = $"{phase}: {words}";
                }
            });
            task.Value = 1;
            return result;
        });

    // On a terminal only: in a file or a pipe nobody watches, and the phase gets nothing to tell.
    public static T ShowIfWatched<T>(Terminal terminal, string phase, Func<Action<double, string?>?, T> run) =>
        terminal.Error.Profile.Capabilities.Interactive ? new ConsoleProgress(terminal.Error).ShowInWords(phase, run) : run(null);
}
