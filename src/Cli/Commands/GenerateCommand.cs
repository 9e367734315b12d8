using System.CommandLine;
using SimServe.Cli.Imaging;
using SimServe.Cli.Terminals;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve generate</c>: new images from prompts by a model in diffusers layout.</summary>
internal static class GenerateCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var options = new ImageOptions();
        var width = new Option<int?>("--width") { Description = "pixels per row; default: the model's" };
        var height = new Option<int?>("--height") { Description = "pixels per column; default: the model's" };
        var command = new Command("generate", "Makes images from prompts with a model in diffusers layout.") { width, height };
        options.AddTo(command);
        command.SetAction(parsed => new ImageJob(options.Read(parsed), terminal, cancellation).Generate(parsed.GetValue(width), parsed.GetValue(height)));
        return command;
    }
}
