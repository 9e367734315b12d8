namespace SimServe.Simulator.Catalogue;

// Short forms of published measurements.
internal static class LatencyRecords
{
    // From the prompt to the image.
    public static PublishedLatency Image(string model, int side, int steps, double seconds, string by, string source) => new()
    {
        Model = model, Side = side, Steps = steps, Seconds = seconds, EndToEnd = true, By = by, Source = source,
    };

    // A published rate of denoising steps: without text encoders and image decoder.
    public static PublishedLatency Rate(string model, int side, double stepsPerSecond, string by, string source) => new()
    {
        Model = model, Side = side, Steps = 1, Seconds = 1 / stepsPerSecond, EndToEnd = false, By = by,
        Source = FormattableString.Invariant($"{source}, {stepsPerSecond} it/s"),
    };
}
