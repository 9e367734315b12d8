using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Scenes;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>Measures what reuse of cached activations costs in quality, by the code that serves.</summary>
/// <param name="folder">A Flux model's folder.</param>
/// <param name="judge">Sees what pictures show; not owned.</param>
/// <param name="seed">Seed of scenes, masks and noise.</param>
/// <param name="count">Edits, at least 1.</param>
/// <param name="steps">Denoising steps.</param>
/// <remarks>
/// Three ways to the same edit: *full* runs every token of the picture in every step; *cached* computes text and masked tokens and takes the keys and values of the others
/// from the template's recording; the *naive crop* computes text and masked tokens and leaves the others out. Source of the comparison: FlashPS (EuroSys '26), figure 1.
/// </remarks>
public sealed class ReuseMeasurement(string folder, SceneJudge judge, long seed, int count, int steps)
{
    private const int Shown = 8;

    /// <summary>Measures.</summary>
    /// <param name="progress">Told the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between edits.</param>
    /// <returns>The numbers and a sheet: scenes, holes, full, cached, naive crop.</returns>
    public (ReuseScore Score, RgbImage Sheet) Run(Action<string, double>? progress = null, CancellationToken cancellation = default)
    {
        using var model = FluxFolder.Open(FluxFolder.Read(folder), 0);
        SceneEdit[] edits = [.. SceneEdit.Draw(new SceneSource(seed, SceneSplit.HeldOut), count, seed)];
        List<(RgbImage Full, RgbImage Cached, RgbImage Crop)> made = [];
        foreach (var edit in edits)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke("full, cached, cropped", (double)made.Count / edits.Length);
            made.Add(Make(model, edit, seed + made.Count));
        }

        double Ssim(Func<(RgbImage Full, RgbImage Cached, RgbImage Crop), RgbImage> one, bool inside) =>
            edits.Zip(made).Average(pair => inside
                ? ImageQuality.Ssim(Inside(pair.First, one(pair.Second)), Inside(pair.First, pair.Second.Full))
                : ImageQuality.Ssim(one(pair.Second), pair.Second.Full));
        double Seen(Func<(RgbImage Full, RgbImage Cached, RgbImage Crop), RgbImage> one) => PipelineQuality.Inside(judge, edits, [.. made.Select(one)]);
        var score = new ReuseScore(
            edits.Length,
            edits.Average(edit => (double)EditMask.FromPixels(model.Config.Grid, edit.Mask).MaskedTokens / model.Config.Grid.Count),
            Ssim(static item => item.Cached, false),
            Ssim(static item => item.Cached, true),
            Ssim(static item => item.Crop, false),
            Ssim(static item => item.Crop, true),
            Seen(static item => item.Full),
            Seen(static item => item.Cached),
            Seen(static item => item.Crop));
        var shown = made.Take(Shown).ToArray();
        return (score, EditSheet.Of(
            edits[..shown.Length], [.. shown.Select(static item => item.Full)], [.. shown.Select(static item => item.Cached)], [.. shown.Select(static item => item.Crop)]));
    }

    private (RgbImage Full, RgbImage Cached, RgbImage Crop) Make(FluxModel model, SceneEdit edit, long noise)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var template = new EditTemplate(ScenePainter.Paint(edit.Scene), edit.Scene.Caption, noise + 1_000_000);
        using var recording = new TemplateRecorder(model).Record(template, steps);
        var request = new Request
        {
            Id = new RequestId(0),
            ArrivesAt = default,
            Template = default,
            Mask = EditMask.FromPixels(model.Config.Grid, edit.Mask),
            Steps = steps,
            Prompt = edit.Prompt,
            Seed = noise,
        };
        return (Served(model, recording, request, BlockMode.Plain), Served(model, recording, request, BlockMode.Cached), NaiveCrop.Of(model, recording, request));
    }

    private static RgbImage Served(FluxModel model, TemplateRecording recording, Request request, BlockMode how)
    {
        using var edit = model.Begin(recording, request);
        BlockMode[] modes = [.. Enumerable.Repeat(how, model.Config.Transformer.Blocks)];
        var executor = new StepExecutor(model);
        while (!edit.IsFinished)
        {
            using var rows = new DirectTemplateRows([edit]);
            executor.Run([edit], modes, rows);
        }

        return edit.ToImage();
    }

    // The mask's square as a picture of its own.
    private static RgbImage Inside(SceneEdit edit, RgbImage picture)
    {
        var edited = edit.Mask.Edited;
        var (first, last) = (edited.IndexOf(true), edited.LastIndexOf(true));
        var (left, top, right, bottom) = (first % Scene.Side, first / Scene.Side, last % Scene.Side, last / Scene.Side);
        var width = right - left + 1;
        var pixels = new byte[3 * width * (bottom - top + 1)];
        for (var y = top; y <= bottom; y++)
        {
            picture.Pixels.Slice(3 * ((y * Scene.Side) + left), 3 * width).CopyTo(pixels.AsSpan(3 * width * (y - top)));
        }

        return new RgbImage(width, bottom - top + 1, pixels);
    }
}
