#pragma warning disable RS0030 // The one place that touches the process's own console; everything else gets a Terminal.
using SimServe.Cli.Commands;
using SimServe.Cli.Terminals;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl-C lets the command end its threads and leave no half-written file; the second ends the process at once.
    pressed.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
var terminal = new Terminal(Console.Out, Console.IsOutputRedirected, Console.Error, Console.IsErrorRedirected);
return SimServeCommand.Run(args, terminal, cancellation.Token);
