namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>Steps of one worker during which its batch did not change, as a trace tells them.</summary>
/// <param name="Worker">The worker's number.</param>
/// <param name="StartSeconds">Start, seconds after the start of the run.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Steps">Denoising steps.</param>
/// <param name="MaskedTokens">Masked tokens of the whole batch.</param>
/// <param name="PredictedStepSeconds">What the planner said of one step.</param>
/// <param name="BytesLoaded">Bytes that came over the link.</param>
/// <param name="Requests">Numbers of its requests.</param>
public sealed record TracedBatch(
    int Worker, double StartSeconds, double Seconds, int Steps, int MaskedTokens, double PredictedStepSeconds, long BytesLoaded, IReadOnlyList<int> Requests);
