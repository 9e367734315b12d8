using System.CommandLine;
using SimServe.Cli.Imaging;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.Cli.Commands;

/// <summary><c>simserve edit</c>: repaints the masked part of an image; every other pixel stays as it is.</summary>
internal static class EditCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var options = new ImageOptions();
        var image = new Option<string>("--image") { Description = "the image, a PNG of any size", Required = true };
        var mask = new Option<string>("--mask") { Description = "what is edited, a PNG of the same size", Required = true };
        var polarity = new Option<string>("--mask-polarity")
        {
            Description = "white: light pixels are edited; alpha: transparent ones (OpenAI's convention)",
            DefaultValueFactory = static _ => "white",
        };
        polarity.AcceptOnlyFromAmong("white", "alpha");
        var strength = new Option<double>("--strength") { Description = "share of the noise put on the image, above 0 to 1", DefaultValueFactory = static _ => 1 };
        var decoded = new Option<bool>("--as-decoded") { Description = "write the whole image as decoded; unmasked pixels then differ a little from the input" };
        var reuse = new Option<string>("--reuse")
        {
            Description = "full: everything is computed; cached: the picture's own activations are recorded, then masked tokens alone are computed",
            DefaultValueFactory = static _ => "full",
        };
        reuse.AcceptOnlyFromAmong("full", "cached");
        var shows = new Option<string>("--image-prompt") { Description = "cached: what the picture shows; default: nothing is said", DefaultValueFactory = static _ => string.Empty };
        var tiles = new Option<int?>("--tiles") { Description = "cached: convolutions run on tiles of so many latent pixels a side that hold masked ones; default: in full" };
        var command = new Command("edit", "Repaints the masked part of an image with a model in diffusers layout.") { image, mask, polarity, strength, decoded, reuse, shows, tiles };
        options.AddTo(command);
        command.SetAction(parsed => new ImageJob(options.Read(parsed), terminal, cancellation).Edit(
            new InpaintSource
            {
                Image = PngFile.Read(parsed.GetRequiredValue(image)),
                Mask = PngFile.ReadMask(
                    parsed.GetRequiredValue(mask), parsed.GetRequiredValue(polarity) == "white" ? MaskPolarity.White : MaskPolarity.Alpha),
                Strength = parsed.GetValue(strength),
            },
            parsed.GetValue(decoded),
            Reuse(parsed.GetRequiredValue(reuse), parsed.GetRequiredValue(shows), parsed.GetValue(tiles))));
        return command;
    }

    private static ReuseOptions? Reuse(string kind, string shows, int? tiles)
    {
        if (kind == "cached")
        {
            return new ReuseOptions { ImagePrompt = shows, TileSide = tiles };
        }

        return shows.Length == 0 && tiles is null
            ? null
            : throw new InvalidRequestException("The command line cannot be used: --image-prompt and --tiles say how a template is reused; give them with --reuse cached.");
    }
}
