using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Training.Quality;
using SimServe.Policies;

namespace SimServe.GpuBackend.Frontiers;

/// <summary>Measures what ways to reuse templates take and how near they are to full inference, by the code that serves.</summary>
/// <remarks>
/// Every edit is made in every setting, one right after the other, with full inference of the same edit before them, so that a machine that slows down does so for all.
/// One worker with one thread that computes and one that copies; every block that reuses rows loads them. The first edit is made once more at the start and thrown away.
/// </remarks>
/// <param name="config">A trained Flux model, whose pictures have the size of painted scenes.</param>
/// <param name="features">Compares features, or <c>null</c>; not owned.</param>
/// <param name="options">How it is measured.</param>
public sealed class FrontierMeasurement(ServedConfig config, FeatureDistance? features, FrontierOptions options)
{
    private readonly Dictionary<FrontierSetting, List<Sample>> _samples = [];

    /// <summary>Measures.</summary>
    /// <param name="progress">Told the share done, or <c>null</c>.</param>
    /// <param name="cancellation">Stops between edits.</param>
    /// <returns>Every setting, and full inference's time of an edit, seconds: the median over mask ratios and edits.</returns>
    public (IReadOnlyList<MeasuredSetting> Settings, double FullSeconds) Run(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var workers = options.Grid.Caches.ToDictionary(static cache => cache, cache => new FrontierWorker(ServedFolder.Open(config with { Cache = cache }, 0), options));
        try
        {
            FrontierEdit[] edits = [.. FrontierEdit.Draw(options.Edits, options.Seed, config.Grid)];
            List<double> full = [];
            Make(edits[0], workers, [], cancellation);
            _samples.Clear();
            foreach (var (done, edit) in edits.Index())
            {
                progress?.Invoke((double)done / edits.Length);
                Make(edit, workers, full, cancellation);
            }

            return ([.. options.Grid.MaskRatios.SelectMany(OfRatio)], Median(full));
        }
        finally
        {
            foreach (var worker in workers.Values)
            {
                worker.Dispose();
            }
        }
    }

    private void Make(FrontierEdit edit, Dictionary<CacheFormat, FrontierWorker> workers, List<double> full, CancellationToken cancellation)
    {
        var recordings = new Dictionary<CacheFormat, TemplateRecording>();
        try
        {
            foreach (var (cache, worker) in workers)
            {
                cancellation.ThrowIfCancellationRequested();
                recordings.Add(cache, worker.Record(edit.Template, options.Steps));
            }

            foreach (var ratio in options.Grid.MaskRatios)
            {
                full.Add(MakeRatio(edit, ratio, workers, recordings, cancellation));
            }
        }
        finally
        {
            foreach (var recording in recordings.Values)
            {
                recording.Dispose();
            }
        }
    }

    private double MakeRatio(
        FrontierEdit edit, double ratio, Dictionary<CacheFormat, FrontierWorker> workers, Dictionary<CacheFormat, TemplateRecording> recordings, CancellationToken cancellation)
    {
        var (first, worker) = workers.First();
        var request = edit.Request(ratio, options.Steps, 0);
        var (picture, before, _) = worker.Edit(recordings[first], request, static _ => true);
        List<(FrontierSetting Setting, Sample Sample)> made = [];
        foreach (var setting in options.Grid.Of(ratio))
        {
            cancellation.ThrowIfCancellationRequested();
            made.Add((setting, SampleOf(setting, workers[setting.Cache], recordings[setting.Cache], edit.Request(ratio, options.Steps, setting.Margin), picture)));
        }

        var full = (before + worker.Edit(recordings[first], request, static _ => true).Seconds) / 2;
        foreach (var (setting, sample) in made)
        {
            (_samples.TryGetValue(setting, out var samples) ? samples : _samples[setting] = []).Add(sample with { TimeShare = sample.Seconds / full });
        }

        return full;
    }

    private Sample SampleOf(FrontierSetting setting, FrontierWorker worker, TemplateRecording recording, Request request, RgbImage full)
    {
        var (image, seconds, bytes) = worker.Edit(recording, request, setting.IsPlain);
        var (shape, plain) = (worker.Model.Config.ToShape(), Enumerable.Range(0, options.Steps).Count(setting.IsPlain));
        var operations = (plain * shape.PlainStepFlops) + ((options.Steps - plain) * shape.MaskedStepFlops(request.Mask.MaskedTokens));
        return new Sample(
            seconds,
            0,
            bytes,
            recording.Bytes,
            (double)operations / (options.Steps * shape.PlainStepFlops),
            (double)request.Mask.EditedTokens().Length / config.Grid.Count,
            request.Mask.Ratio,
            FrontierQuality.Of(image, full, features, null),
            FrontierQuality.Of(image, full, features, request.Mask.Pixels));
    }

    private IEnumerable<MeasuredSetting> OfRatio(double ratio)
    {
        MeasuredSetting[] measured = [.. options.Grid.Of(ratio).Select(setting => Summarise(setting, _samples[setting]))];
        return measured.Select(one => one with { IsOnFront = !measured.Any(other => Beats(other, one)) });
    }

    private static bool Beats(MeasuredSetting left, MeasuredSetting right) =>
        left.TimeShare <= right.TimeShare && left.Inside.Ssim >= right.Inside.Ssim && (left.TimeShare, left.Inside.Ssim) != (right.TimeShare, right.Inside.Ssim);

    private static MeasuredSetting Summarise(FrontierSetting setting, List<Sample> samples) => new()
    {
        Setting = setting,
        EditedShare = samples.Average(static sample => sample.Edited),
        ComputedShare = samples.Average(static sample => sample.Computed),
        Seconds = Median([.. samples.Select(static sample => sample.Seconds)]),
        TimeShare = Median([.. samples.Select(static sample => sample.TimeShare)]),
        OperationShare = samples.Average(static sample => sample.Operations),
        Bytes = samples.Average(static sample => (double)sample.Bytes),
        TemplateBytes = samples[0].TemplateBytes,
        Whole = FrontierQuality.Mean([.. samples.Select(static sample => sample.Whole)]),
        Inside = FrontierQuality.Mean([.. samples.Select(static sample => sample.Inside)]),
    };

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private sealed record Sample(
        double Seconds, double TimeShare, long Bytes, long TemplateBytes, double Operations, double Edited, double Computed, FrontierQuality Whole, FrontierQuality Inside);
}
