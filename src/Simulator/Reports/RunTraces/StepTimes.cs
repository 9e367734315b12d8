namespace SimServe.Simulator.Reports.RunTraces;

/// <summary>How long steps of one batch size took in two runs.</summary>
/// <param name="BatchSize">Requests in the batch.</param>
/// <param name="FirstSteps">Steps in the first run.</param>
/// <param name="FirstSeconds">Mean time of one, or <c>null</c> where there was none.</param>
/// <param name="SecondSteps">Steps in the second run.</param>
/// <param name="SecondSeconds">Mean time of one, or <c>null</c> where there was none.</param>
public sealed record StepTimes(int BatchSize, long FirstSteps, double? FirstSeconds, long SecondSteps, double? SecondSeconds);
