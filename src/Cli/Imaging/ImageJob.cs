using System.Globalization;
using System.Text.Json;
using SimServe.Cli.Terminals;
using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Pipelines;

namespace SimServe.Cli.Imaging;

/// <summary>Opens a pipeline, makes the images that the command line asks for, and writes them.</summary>
internal sealed class ImageJob(ImageSettings settings, Terminal terminal, CancellationToken cancellation)
{
    private const string Ending = ".png";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Makes new images.</summary>
    /// <param name="width">Pixels per row, or <c>null</c> for the model's.</param>
    /// <param name="height">Pixels per column, or <c>null</c> for the model's.</param>
    public int Generate(int? width, int? height) => Run(
        pipeline => (null, width ?? pipeline.Defaults.Size, height ?? pipeline.Defaults.Size),
        static images => images);

    /// <summary>Edits an image.</summary>
    /// <param name="source">The image and its mask, of one size.</param>
    /// <param name="asDecoded">Whether unmasked pixels may come back from the autoencoder instead of the input.</param>
    /// <param name="reuse">How the picture's own activations are reused, or <c>null</c>.</param>
    public int Edit(InpaintSource source, bool asDecoded, ReuseOptions? reuse)
    {
        source.RequireOneSize();
        EditCanvas? canvas = null;
        return Run(
            pipeline =>
            {
                canvas = new EditCanvas(source, pipeline.Granularity);
                return (canvas.Source, canvas.Source.Image.Width, canvas.Source.Image.Height);
            },
            images => [.. images.Select(image => Finish(canvas!.Crop(image)))],
            reuse);

        RgbImage Finish(RgbImage made) => asDecoded ? made : EditComposite.Of(made, source);
    }

    private int Run(
        Func<IDiffusionPipeline, (InpaintSource? Source, int Width, int Height)> canvas, Func<IReadOnlyList<RgbImage>, IReadOnlyList<RgbImage>> finish, ReuseOptions? reuse = null)
    {
        CheckSettings();
        var progress = new ConsoleProgress(terminal.Error);
        using var latents = LatentsFile.Open(settings.Latents);
        using var pipeline = progress.Show("loading", _ => Open());
        var (source, width, height) = canvas(pipeline);
        var images = settings.PromptOfEachImage.Length;
        using var noise = new SeededNoise(settings.Seed, images);
        var request = Request(pipeline, noise) with { Source = source, Width = width, Height = height, Latents = latents?.Tensor, Reuse = reuse };
        ImageProgress? observer = null;
        using var result = progress.Show("denoising", share => pipeline.Run(request, observer = new ImageProgress(share), cancellation));
        observer!.PrintWarnings(terminal);
        var files = Write(finish(result.Images));
        Report(request, files, result.Reuse);
        return ExitCode.Done;
    }

    private IDiffusionPipeline Open()
    {
        var pipeline = PipelineFactory.Open(settings.Model, new PipelineOptions
        {
            Type = TorchNames.Type(settings.Type),
            Device = TorchNames.Device(settings.Device),
            ControlNets = settings.ControlNets,
            Scheduler = settings.Scheduler,
            Optimisations = settings.Optimisations,
        });
        try
        {
            LoraArguments.Apply(settings.Loras, pipeline);
            return pipeline;
        }
        catch
        {
            pipeline.Dispose();
            throw;
        }
    }

    private ImageRequest Request(IDiffusionPipeline pipeline, INoiseSource noise) => new()
    {
        Prompts = settings.PromptOfEachImage,
        SecondPrompts = settings.SecondPromptOfEachImage,
        NegativePrompt = settings.NegativePrompt,
        SecondNegativePrompt = settings.SecondNegativePrompt,
        Width = 0,
        Height = 0,
        Steps = settings.Steps ?? pipeline.Defaults.Steps,
        Guidance = settings.Guidance ?? pipeline.Defaults.Guidance,
        TrueGuidance = settings.TrueGuidance,
        Noise = noise,
        ClipSkip = settings.ClipSkip,
        MaxSequenceLength = settings.MaxSequenceLength,
        OriginalSize = settings.OriginalSize,
        CropTopLeft = settings.CropTopLeft ?? default,
        TargetSize = settings.TargetSize,
        Eta = settings.Eta,
        Controls = Controls(pipeline),
    };

    // A pipeline's own net comes first: pictures are given in the nets' order.
    private ControlInput[] Controls(IDiffusionPipeline pipeline)
    {
        List<string> faults = [];
        if (settings.ControlImages.Length > 0 && settings.ControlImages.Length != pipeline.ControlNets)
        {
            faults.Add($"{settings.ControlImages.Length} --control-image for {pipeline.ControlNets} ControlNets; give one for each");
        }

        if (settings.ControlImages.Length == 0 && settings.ControlNets.Length > 0)
        {
            faults.Add("--controlnet needs a --control-image");
        }

        if (faults.Count > 0)
        {
            throw new InvalidRequestException($"The command line does not fit the model: {string.Join("; ", faults)}.");
        }

        return
        [
            .. settings.ControlImages.Select((file, i) => new ControlInput
            {
                Image = PngFile.Read(file),
                Net = i,
                Scale = At(settings.ControlScales, i, 1),
                Start = At(settings.ControlStarts, i, 0),
                End = At(settings.ControlEnds, i, 1),
            }),
        ];
    }

    private static double At(double[] values, int index, double otherwise) => index < values.Length ? values[index] : otherwise;

    // Checked before minutes of work, not after.
    private void CheckSettings()
    {
        List<string> faults = [];
        if (!settings.Out.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) || Directory.Exists(settings.Out))
        {
            faults.Add($"--out is \"{settings.Out}\" but must be the name of a {Ending} file");
        }

        if (settings.Count < 1)
        {
            faults.Add($"--count is {settings.Count} but must be at least 1");
        }

        if (settings.SecondPrompts.Length > 0 && settings.SecondPrompts.Length != settings.Prompts.Length)
        {
            faults.Add($"{settings.SecondPrompts.Length} --prompt-2 for {settings.Prompts.Length} --prompt; give as many or none");
        }

        foreach (var (name, count) in new[]
        {
            ("--control-scale", settings.ControlScales.Length), ("--control-start", settings.ControlStarts.Length), ("--control-end", settings.ControlEnds.Length),
        })
        {
            if (count > settings.ControlImages.Length)
            {
                faults.Add($"{count} {name} for {settings.ControlImages.Length} --control-image; give at most as many");
            }
        }

        if (faults.Count > 0)
        {
            throw new InvalidRequestException($"The command line cannot be used: {string.Join("; ", faults)}.");
        }
    }

    private string[] Write(IReadOnlyList<RgbImage> images)
    {
        string[] files = [.. images.Select((_, i) => settings.File(i, images.Count))];
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(settings.Out))!);
        for (var i = 0; i < files.Length; i++)
        {
            PngFile.Write(files[i], images[i]);
        }

        return files;
    }

    private void Report(ImageRequest request, string[] files, ReuseTimes? reuse)
    {
        if (reuse is not null)
        {
            terminal.Complain(string.Create(
                CultureInfo.InvariantCulture,
                $"The template was recorded in {reuse.Recording.TotalSeconds:0.00} s ({reuse.Bytes / 1e6:0.0} MB); {files.Length} edit(s) at mask ratio {reuse.MaskRatio:0.00} were denoised in {reuse.Denoising.TotalSeconds:0.00} s."));
        }

        if (settings.Json)
        {
            terminal.Say(JsonSerializer.Serialize(
                new
                {
                    Schema = 1,
                    settings.Model,
                    Images = files.Select((file, i) => new { File = file, Prompt = request.Prompts[i], Seed = settings.Seed + i }),
                    request.Width,
                    request.Height,
                    request.Steps,
                    request.Guidance,
                    settings.Device,
                    Dtype = settings.Type,
                    Reuse = reuse is null ? null : new
                    {
                        RecordingSeconds = reuse.Recording.TotalSeconds,
                        DenoisingSeconds = reuse.Denoising.TotalSeconds,
                        reuse.MaskRatio,
                        RecordingBytes = reuse.Bytes,
                    },
                },
                Indented));
            return;
        }

        for (var i = 0; i < files.Length; i++)
        {
            var start = settings.Latents is null ? $"seed {settings.Seed + i}" : $"latents {settings.Latents}";
            terminal.Say(string.Create(
                CultureInfo.InvariantCulture, $"{files[i]}  {request.Width}x{request.Height}, {request.Steps} steps, guidance {request.Guidance}, {start}"));
        }
    }
}
