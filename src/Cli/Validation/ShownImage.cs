using SimServe.GpuBackend.Images;
using SimServe.Policies;
using SimServe.Policies.Serving;

namespace SimServe.Cli.Validation;

/// <summary>An edited image and how long its user waited for it; that of the naive crop was made alone, right away.</summary>
internal sealed record ShownImage(RgbImage Image, double Seconds)
{
    public static ShownImage? Of(WorldResults run, RequestId request) =>
        run.Images.TryGetValue(request, out var image) && run.Measured.Records.FirstOrDefault(record => record.Request.Id == request) is { Outcome: RequestOutcome.Completed } record
            ? new ShownImage(image, (record.FinishedAt - record.ArrivedAt).TotalSeconds)
            : null;
}
